using System.Diagnostics;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>What metrics and traces ask of a run.</summary>
internal sealed partial class Run : IMeteredRun
{
    private int _isTraced;

    /// <summary>Who is told of failures and edits.</summary>
    public RunObservers Observers { get; } = new();

    /// <summary>The stated name, or that of the first source.</summary>
    public string PipelineName => field ??= Options.Name ?? Nodes.Where(node => node.Node.Kind == NodeKind.Source).MinBy(node => node.Node.Id)?.NodeName ?? "pipeline";

    /// <summary>Whether an element that belongs to a trace has come in.</summary>
    public bool IsTraced => Volatile.Read(ref _isTraced) != 0;

    /// <summary>The trace of an element that is emitted now: that of the activity of the emit, else of the caller.</summary>
    public ActivityContext Trace(Activity? emit)
    {
        var trace = emit?.Context ?? StreamzActivitySource.Current;
        if (trace != default)
        {
            Trace();
        }

        return trace;
    }

    /// <summary>
    /// An element that belongs to a trace comes in: from now on outlets look at each element, and start an activity for those that do. Until then that would
    /// cost all elements something, and none of them has a trace.
    /// </summary>
    private void Trace()
    {
        if (!IsTraced && Interlocked.Exchange(ref _isTraced, 1) == 0)
        {
            foreach (var node in Nodes)
            {
                Trace(node);
            }

            foreach (var port in Ports)
            {
                port.Trace();
            }
        }
    }

    /// <summary>Adds a node. Whoever traces the run at this moment sees it, or it sees that the run is traced.</summary>
    public void Add(NodeRun node)
    {
        Nodes.Add(node);
        Interlocked.MemoryBarrier();
        if (IsTraced)
        {
            Trace(node);
        }
    }

    /// <summary>Adds a port, as a node is added.</summary>
    public void Add(Port port)
    {
        Ports.Add(port);
        Interlocked.MemoryBarrier();
        if (IsTraced)
        {
            port.Trace();
        }
    }

    /// <summary>Has the outlet of a node look at each element.</summary>
    private static void Trace(NodeRun node)
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
            StreamzMeter.MeasuresTimes && FindFlow(node) is { } flow ? flow.ReadTimes() : null);
    }

    /// <summary>The flow whose time is reported under a node: that of the block which begins with it, or of the loop of a source without a block.</summary>
    private FlowTracker? FindFlow(NodeRun node) =>
        node.Segment is null ? Drivers.Find(driver => driver.Node == node)?.Flow
        : node.Segment.Head == node ? node.Segment.Flow
        : null;

    private static string KindOf(NodeKind kind) => kind.ToString().ToLowerInvariant();
}
