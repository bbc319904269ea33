using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>An element that a node has failed on for good, on its way to whoever handles it. The ticket of the element travels with it.</summary>
public sealed class DeadLetter : ElementFailure
{
    internal DeadLetter(FailedElement element, Exception exception, string nodeName, int attempts, DateTimeOffset time)
        : base(element, exception, nodeName, attempts, time)
    {
    }
}

/// <summary>
/// A stream of the elements that nodes have failed on. It is a part of the graph of those whose policy names it
/// (<see cref="ErrorPolicy.DeadLetter"/>), and operators are put behind it as behind any stream.
/// </summary>
/// <remarks>
/// <b>Order:</b> that of a serial node is kept; letters of several nodes and of a parallel one come as they fail. <b>Buffering:</b> a queue of its own, of
/// <see cref="StreamOptions.Capacity"/> places, or one if what is behind may wait. <b>Back-pressure:</b> a node that fails waits for a place. <b>Completion:</b>
/// ends when all nodes that may feed it have ended. <b>Faults:</b> has none of its own. Nodes behind it do not use a policy of the pipeline that would
/// lead to it again: they stop. A queue that nothing is put behind is an open end: its letters are discarded and counted.
/// </remarks>
public sealed class DeadLetterQueue : Stream<DeadLetter>
{
    /// <summary>Makes a queue; name it with <see cref="GraphEditing.Named{TStream}"/> if a graph has several.</summary>
    public DeadLetterQueue()
        : base(new DeadLetterNode())
    {
    }

    /// <summary>Makes a further handle of a queue.</summary>
    internal DeadLetterQueue(DeadLetterNode node)
        : base(node)
    {
    }
}

/// <summary>The node of a dead-letter queue, and who may feed it.</summary>
internal sealed class DeadLetterNode : Node
{
    public DeadLetterNode()
        : base("dead_letters")
    {
        Kind = NodeKind.Join;
        IsBoundary = true;
    }

    /// <summary>The nodes whose policies name the queue, and the sources whose pipeline's policy does. Guarded by <see cref="Topology"/>.</summary>
    public HashSet<Node> Feeders { get; } = [];

    internal override IReadOnlyList<Type> InputTypes => [typeof(DeadLetter)];

    internal override Type OutputType => typeof(DeadLetter);

    internal override IStage CreateStage() => new PassThroughStage<DeadLetter>();
}
