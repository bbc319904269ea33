namespace Streamz.Dataflow.Stages;

/// <summary>Pushes each element on as it is.</summary>
internal sealed class PassThroughStage<T> : Stage<T, T>
{
    internal override bool IsForwarding => true;

    public override ValueTask OnElementAsync(Element<T> element) => PushAsync(element);
}
