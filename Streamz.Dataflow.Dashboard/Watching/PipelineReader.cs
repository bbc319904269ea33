using Streamz.Dataflow.Dashboard.Controlling;
using Streamz.Dataflow.Dashboard.Drawing;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Runtime;

namespace Streamz.Dataflow.Dashboard.Watching;

/// <summary>Reads one pipeline again and again, and finds what has changed in between. For one caller at a time.</summary>
internal sealed class PipelineReader(WatchedPipeline pipeline, int history, TimeProvider clock)
{
    private readonly Ring<HistoryPoint> _history = new(history);
    private Dictionary<int, NodeSnapshot> _before = [];
    private Pipeline? _run;
    private GraphPicture? _picture;
    private long _readAt;

    /// <summary>Reads it.</summary>
    /// <param name="listener">What measures latencies.</param>
    public PipelineReading Read(MetricsListener? listener)
    {
        var run = pipeline.Run;
        var now = clock.GetTimestamp();
        if (run != _run)
        {
            (_before, _run, _picture) = ([], run, null);
        }

        var seconds = _before.Count == 0 ? 0 : clock.GetElapsedTime(_readAt, now).TotalSeconds;
        _readAt = now;
        var status = run is null ? Empty() : Read(run.Run, seconds, listener?.TakeLatency(run.Name));
        _history.Add(new HistoryPoint(status.At, status.InPerSecond, status.OutPerSecond, status.Queued, status.Latency));
        return new PipelineReading(status, _picture, _history.ToArray());
    }

    private PipelineStatus Empty() =>
        new(pipeline.Name, pipeline.State.ToString(), pipeline.Fault?.Message, pipeline.Restarts, clock.GetUtcNow(), [], []);

    private PipelineStatus Read(Run run, double seconds, LatencyStatus? latency)
    {
        var nodeRuns = run.Nodes.Where(node => !node.IsLeaving && !Replay.IsLeftBehind(node.Node)).OrderBy(node => node.Node.Id).ToList();
        var snapshots = nodeRuns.ToDictionary(node => node.Node.Id, node => NodeSnapshot.Of(run, node));
        var definition = Topology.Component(nodeRuns[0].Node);
        if (_picture?.Shows(definition) != true)
        {
            _picture = GraphPicture.Of(definition);
        }

        var statuses = nodeRuns.ToDictionary(node => node.Node.Id, node => StatusOf(node, snapshots[node.Node.Id], seconds));
        foreach (var node in nodeRuns.Where(node => node.Segment is { } segment && segment.Head != node))
        {
            ShareBlock(statuses, node.Node.Id, node.Segment.Head.Node.Id);
        }

        var edges = _picture.Edges
            .Where(edge => statuses.ContainsKey(edge.From) && statuses.ContainsKey(edge.To))
            .Select(edge => new EdgeStatus(edge.From, edge.To, RateOf(edge, statuses, snapshots, seconds), edge.IsFeedback, edge.IsDeadLetters))
            .ToList();
        Bottlenecks.Mark(statuses, edges);
        _before = snapshots;
        return Empty() with
        {
            Nodes = [.. nodeRuns.Select(node => statuses[node.Node.Id])],
            Edges = edges,
            InPerSecond = nodeRuns.Where(node => node.Node.Kind == NodeKind.Source).Sum(node => statuses[node.Node.Id].SentPerSecond),
            OutPerSecond = nodeRuns.Where(node => node.Node.Kind == NodeKind.Sink).Sum(node => statuses[node.Node.Id].ReceivedPerSecond),
            Queued = statuses.Values.Sum(node => node.Queued),
            Failed = statuses.Values.Sum(node => node.Failed),
            DeadLettered = statuses.Values.Sum(node => node.DeadLettered),
            Latency = latency,
        };
    }

    private NodeStatus StatusOf(NodeRun node, NodeSnapshot now, double seconds)
    {
        var before = _before.GetValueOrDefault(node.Node.Id);
        var times = now.Times is { } ended && before?.Times is { } began && seconds > 0
            ? (Busy: Share(ended.Busy - began.Busy), HeldBack: Share(ended.HeldBack - began.HeldBack), Timed: Share(ended.Timed - began.Timed))
            : ((double Busy, double HeldBack, double Timed)?)null;
        return new NodeStatus(node.Node.Id, now.Name, now.Label, KindOf(now.Kind))
        {
            Received = now.Received,
            Sent = now.Sent,
            ReceivedPerSecond = Rate(now.Received, before?.Received, seconds),
            SentPerSecond = Rate(now.Sent, before?.Sent, seconds),
            Failed = now.Failed,
            Retried = now.Retried,
            DeadLettered = now.DeadLettered,
            Dropped = now.Dropped,
            Abandoned = now.Abandoned,
            Discarded = now.Discarded,
            Queued = now.Queued,
            Capacity = now.Capacity,
            Waiting = now.Waiting,
            Parallelism = node.Node.MaxDegreeOfParallelism,
            Busy = times?.Busy,
            HeldBack = times?.HeldBack,
            Timed = times?.Timed,
            IsPaused = node.Segment is { IsPaused: true } segment && segment.Head == node,
            HasEnded = now.End != SourceEnd.None || _run!.Completion.IsCompleted,
        };

        double Share(TimeSpan time) => Math.Clamp(time.TotalSeconds / seconds, 0, 1);
    }

    /// <summary>A node with one input has got just what came along its edge, whatever branches the node before chooses from.</summary>
    private double RateOf(PictureEdge edge, Dictionary<int, NodeStatus> statuses, Dictionary<int, NodeSnapshot> snapshots, double seconds) =>
        edge.IsDeadLetters ? Rate(snapshots[edge.From].DeadLettered, _before.GetValueOrDefault(edge.From)?.DeadLettered, seconds)
        : _picture!.Edges.Count(other => other.To == edge.To) == 1 ? statuses[edge.To].ReceivedPerSecond
        : statuses[edge.From].SentPerSecond;

    private static void ShareBlock(Dictionary<int, NodeStatus> statuses, int node, int head)
    {
        if (statuses.GetValueOrDefault(head) is { } first)
        {
            statuses[node] = statuses[node] with { SharesBlockOf = head, Busy = first.Busy, HeldBack = first.HeldBack, Timed = first.Timed };
        }
    }

    private static double Rate(long now, long? before, double seconds) => before is { } count && seconds > 0 ? Math.Max(0, now - count) / seconds : 0;

    private static string KindOf(NodeKind kind) => kind.ToString().ToLowerInvariant();
}
