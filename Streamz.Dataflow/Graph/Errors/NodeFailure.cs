using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph.Errors;

/// <summary>A failure of a stage with one caller at a time that no further attempt can mend: as it starts, ticks or ends.</summary>
internal class NodeFailure(NodeContext node, ElementContext? context) : FailureCourse(node.Policy, node)
{
    protected override CancellationToken Halted => node.Halted;

    protected override bool IsUnneeded => node.IsUnneeded;

    protected override string NodeName => node.NodeName;

    protected override TimeProvider TimeProvider => node.TimeProvider;

    protected override FailedElement Element => default;

    protected override ElementContext? Context => context;

    protected override bool MayRepeat => false;

    protected override ValueTask AttemptAsync(CancellationToken? cancellation) => throw new NotSupportedException($"'{NodeName}' cannot repeat what has failed.");

    protected override bool IsEnd(Exception thrown) => node.IsEnd(thrown);

    protected override Exception Explain(Exception failure) => node.Explain(failure);

    protected override void Abandon() => node.Discard(context);
}
