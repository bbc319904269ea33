using Streamz.Dataflow.Runtime;

namespace Streamz.Dataflow;

/// <summary>The counts of all nodes of a pipeline at about one moment.</summary>
/// <param name="Nodes">The nodes, in the order in which they were made.</param>
public sealed record PipelineSnapshot(IReadOnlyList<NodeSnapshot> Nodes)
{
    internal static PipelineSnapshot Of(Run run) =>
        new([.. run.Nodes.OrderBy(node => node.Node.Id).Select(node => NodeSnapshot.Of(run, node))]);
}

/// <summary>The counts of one node.</summary>
/// <param name="Name">The name, or the text of the operator.</param>
/// <param name="Label">The text of the operator.</param>
/// <param name="Kind">What kind of work the node does.</param>
/// <param name="Received">Elements that came in; for a source, those it has accepted or produced.</param>
/// <param name="Failed">Elements that the node failed on for good, after all attempts.</param>
/// <param name="Retried">Attempts after the first; for a source, how often it was started again.</param>
/// <param name="DeadLettered">Failed elements that went to a dead-letter queue.</param>
/// <param name="Dropped">Elements that a policy dropped here.</param>
/// <param name="Abandoned">Elements that were discarded here when the pipeline stopped.</param>
/// <param name="Discarded">Elements that went on to no one, because the branch ends here without a sink.</param>
/// <param name="Queued">Elements that take places of the node's input queue, waiting, at work or held; 0 for a node without one.</param>
/// <param name="Capacity">The places of the input queue; 0 for a node that shares its neighbour's block.</param>
/// <param name="End">Why the source has ended, if the node is one and has.</param>
public sealed record NodeSnapshot(
    string Name,
    string Label,
    NodeKind Kind,
    long Received,
    long Failed,
    long Retried,
    long DeadLettered,
    long Dropped,
    long Abandoned,
    long Discarded,
    int Queued,
    int Capacity,
    SourceEnd End)
{
    /// <summary>Elements that the node has passed on, however many branches each went to; 0 for a sink.</summary>
    public long Sent { get; init; }

    /// <summary>Senders that wait for a place in the node's input queue.</summary>
    public int Waiting { get; init; }

    /// <summary>
    /// What the block of the node has done with its time; <see langword="null"/> while nobody listens to the metric <c>streamz.node.time</c>, and for a node that
    /// shares the block of another one, which has the time then.
    /// </summary>
    public NodeTimes? Times { get; init; }

    internal static NodeSnapshot Of(Run run, NodeRun node)
    {
        var reading = run.Read(node);
        return new NodeSnapshot(
            node.NodeName,
            node.Node.Label,
            node.Node.Kind,
            reading.Received,
            reading.Failed,
            reading.Retried,
            reading.DeadLettered,
            reading.Dropped,
            reading.Abandoned,
            node.Stage.Outlet?.Discarded ?? 0,
            reading.Queued,
            reading.Capacity,
            EndOf(run, node))
        {
            Sent = reading.Sent,
            Waiting = reading.Waiting,
            Times = reading.Times is { } times
                ? new NodeTimes(TimeSpan.FromSeconds(times.Busy), TimeSpan.FromSeconds(times.Idle), TimeSpan.FromSeconds(times.HeldBack), TimeSpan.FromSeconds(times.ByClock))
                : null,
        };
    }

    private static SourceEnd EndOf(Run run, NodeRun node) =>
        run.Drivers.Find(driver => driver.Node == node)?.End ?? run.Ingresses.LastOrDefault(ingress => ingress.Node == node)?.End ?? SourceEnd.None;
}

/// <summary>What a block has done with its time since somebody listens to it. The sum is the time that has passed.</summary>
/// <param name="Busy">At work on elements, and awaiting asynchronous delegates; for a parallel node, the share of its workers that were.</param>
/// <param name="Idle">Waiting for input.</param>
/// <param name="HeldBack">Waiting for places downstream: what is behind is slower.</param>
/// <param name="Timed">Waiting for the clock, as a rate limit and the time between two attempts do.</param>
public sealed record NodeTimes(TimeSpan Busy, TimeSpan Idle, TimeSpan HeldBack, TimeSpan Timed);
