using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph.Hosting;

/// <summary>Where the elements of a template come from: the stream that is handed to its body. It never runs itself.</summary>
internal sealed class TemplateNode<T>(string name) : Node(name)
{
    internal override IReadOnlyList<Type> InputTypes => [typeof(T)];

    internal override Type OutputType => typeof(T);

    internal override IStage CreateStage() => throw new NotSupportedException($"'{this}' is part of a template, which runs inside its operator only.");
}
