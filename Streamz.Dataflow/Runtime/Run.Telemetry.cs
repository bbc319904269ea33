using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>What metrics and traces ask of a run.</summary>
internal sealed partial class Run : IMeteredRun
{
    private int _isTraced;

    /// <summary>The stated name, or that of the first source.</summary>
    public string PipelineName => field ??= Options.Name ?? Nodes.Where(node => node.Node.Kind == NodeKind.Source).MinBy(node => node.Node.Id)?.NodeName ?? "pipeline";

    /// <summary>Whether an element that belongs to a trace has come in.</summary>
    public bool IsTraced => Volatile.Read(ref _isTraced) != 0;

    /// <summary>
    /// An element that belongs to a trace comes in: from now on outlets look at each element, and start an activity for those that do. Until then that would
    /// cost all elements something, and none of them has a trace.
    /// </summary>
    public void Trace()
    {
        if (!IsTraced && Interlocked.Exchange(ref _isTraced, 1) == 0)
        {
            foreach (var node in Nodes)
            {
                Trace(node);
            }
        }
    }

    /// <summary>Has the outlet of a node look at each element.</summary>
    public static void Trace(NodeRun node)
    {
        if (node.Stage.Outlet is { } outlet)
        {
            outlet.Traced = true;
        }
    }

    /// <summary>Records how long an accepted element took.</summary>
    public void RecordLatency(long acceptedAt, DeliveryOutcome outcome) => StreamzMeter.RecordLatency(
        TimeProvider.GetElapsedTime(acceptedAt),
        PipelineName,
        outcome switch
        {
            DeliveryOutcome.Delivered => "delivered",
            DeliveryOutcome.Dropped => "dropped",
            DeliveryOutcome.Failed => "failed",
            _ => "abandoned",
        });

    public IEnumerable<NodeReading> ReadNodes() => Nodes.Select(Read);

    /// <summary>Reads the counts of a node.</summary>
    public NodeReading Read(NodeRun node)
    {
        var ports = node.Segment?.Ports.Where(port => port.Node == node && !port.IsInternal).ToList() ?? [];
        var received = node.Stage switch
        {
            SourceStage => Ingresses.Where(ingress => ingress.Node == node).Sum(ingress => ingress.Accepted)
                + Drivers.Where(driver => driver.Node == node).Sum(driver => driver.Emitted),
            ParallelStage => ports.Sum(port => port.Accepted),
            _ => node.Stage.Inlets.Sum(inlet => Volatile.Read(ref inlet.Received)) + ports.Sum(port => port.Replaced),
        };
        return new NodeReading(
            node.NodeName,
            KindOf(node.Node.Kind),
            received,
            node.Segment is null ? received : node.Stage.Outlet?.Sent ?? 0,
            node.Dropped,
            node.Failed,
            node.Retried,
            node.DeadLettered,
            node.Abandoned,
            ports.Sum(port => port.Occupied),
            ports.Sum(port => port.Places),
            ports.Sum(port => port.Waiting),
            StreamzMeter.MeasuresTimes && node.Segment?.Head == node ? node.Segment.Flow.ReadTimes() : null);
    }

    private static string KindOf(NodeKind kind) => kind.ToString().ToLowerInvariant();
}
