using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph.Hosting;

/// <summary>What one call from value to result can carry: no clock, nothing that is held beyond the call.</summary>
internal sealed class WorkerRules(string host, string part, string parameter) : TemplateRules(host, part, parameter)
{
    protected override string? Objection(Node node, bool isEntrance) =>
        base.Objection(node, isEntrance) is { } objection ? objection
        : isEntrance ? null
        : node.OnError is not null ? $"states an error policy. State it on {Host}: what fails in a {Part} fails there"
        : node.IsBoundary || node.Kind is NodeKind.Timing or NodeKind.Batching || HoldsElements(node.CreateStage())
            ? $"acts by the clock, holds elements or is to be disposed, but a {Part} is done with an element when the call ends. Put it behind {Host}, or use GroupBy"
        : null;

    private static bool HoldsElements(IStage stage) => stage is IAsyncDisposable || IsOverridden(stage.OnFlushAsync) || IsOverridden(stage.OnTickAsync);

    /// <summary>Whether a stage has a method of its own instead of that of <see cref="Stage{TIn, TOut}"/>, which does nothing.</summary>
    private static bool IsOverridden(Func<ValueTask> method) =>
        method.Method.DeclaringType is not { IsGenericType: true } type || type.GetGenericTypeDefinition() != typeof(Stage<,>);
}
