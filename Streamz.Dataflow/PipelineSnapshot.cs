using Streamz.Dataflow.Runtime;
using Streamz.Dataflow.Stages;

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
    internal static NodeSnapshot Of(Run run, NodeRun node)
    {
        var ports = node.Segment?.Ports.Where(port => port.Node == node && !port.IsInternal).ToList() ?? [];
        var received = node.Stage switch
        {
            SourceStage => run.Ingresses.Where(ingress => ingress.Node == node).Sum(ingress => ingress.Accepted)
                + run.Drivers.Where(driver => driver.Node == node).Sum(driver => driver.Emitted),
            ParallelStage => ports.Sum(port => port.Accepted),
            _ => node.Stage.Inlets.Sum(inlet => Volatile.Read(ref inlet.Received)) + ports.Sum(port => port.Replaced),
        };
        return new NodeSnapshot(
            node.NodeName,
            node.Node.Label,
            node.Node.Kind,
            received,
            node.Failed,
            node.Retried,
            node.DeadLettered,
            node.Dropped,
            node.Abandoned,
            node.Stage.Outlet?.Discarded ?? 0,
            ports.Sum(port => port.Occupied),
            ports.Sum(port => port.Places),
            EndOf(run, node));
    }

    private static SourceEnd EndOf(Run run, NodeRun node) =>
        run.Drivers.Find(driver => driver.Node == node)?.End ?? run.Ingresses.LastOrDefault(ingress => ingress.Node == node)?.End ?? SourceEnd.None;
}
