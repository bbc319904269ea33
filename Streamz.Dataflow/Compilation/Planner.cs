using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Compilation;

/// <summary>Decides which nodes fuse, where the boundaries are and how many places each has. Knows no operator by name.</summary>
/// <remarks>
/// A join is always a boundary. Were it fused with its inputs, two branches that were both suspended could enter it at the
/// same moment, and a stage has one caller at a time.
/// </remarks>
internal static class Planner
{
    /// <summary>A chain is a nest of calls; it is cut before the stack of a thread is in danger.</summary>
    private const int MaxChain = 256;

    public static Plan Plan(IReadOnlyList<Node> nodes, StreamOptions options, int firstNumber = 1)
    {
        var order = GraphOrder.Of(nodes);
        var among = order.ToHashSet();
        var segments = new Dictionary<Node, PlannedSegment>();
        var depths = new Dictionary<Node, int>();
        var elided = new List<Node>();
        var planned = new List<PlannedSegment>();
        foreach (var node in order)
        {
            if (IsElided(node, options) && among.Contains(node.Outputs[0].To))
            {
                elided.Add(node);
                continue;
            }

            var upstream = node.Inputs.Count == 1 ? node.Inputs[0].From : null;
            var depth = upstream is null ? 0 : depths.GetValueOrDefault(upstream) + 1;
            if (IsHead(node, options) || depth >= MaxChain || !segments.TryGetValue(upstream!, out var segment))
            {
                segment = new PlannedSegment(planned.Count + firstNumber, PlacesOf(node, options), []);
                planned.Add(segment);
                depth = 0;
            }

            depths[node] = depth;
            segment.Nodes.Add(node);
            segments[node] = segment;
        }

        return new Plan(options, order, planned, elided, GraphOrder.Loops(order));
    }

    private static bool IsHead(Node node, StreamOptions options) =>
        node.Kind == NodeKind.Source
        || node.IsBoundary
        || node.Capacity is not null
        || node.Inputs.Count != 1
        || node.Inputs[0].Feedback is not null
        || !options.Fuse;

    private static bool IsElided(Node node, StreamOptions options) =>
        node is { Kind: NodeKind.Source, Inputs.Count: 0, Outputs: [{ Feedback: null } edge] } && IsHead(edge.To, options);

    /// <summary>How many elements an input of a segment holds that begins with a node.</summary>
    public static int PlacesOf(Node head, StreamOptions options)
    {
        if (head.Capacity is { } stated)
        {
            return Math.Max(stated, head.MaxDegreeOfParallelism);
        }

        if (head.MaxDegreeOfParallelism > 1)
        {
            return 2 * head.MaxDegreeOfParallelism;
        }

        // Emit k is to be admitted when k-1 has left, wherever something on the way may wait.
        return head.MayWait || MayWaitBelow(head) ? 1 : options.Capacity;
    }

    private static bool MayWaitBelow(Node head)
    {
        var stretch = GraphOrder.Downstream(head, edge => edge.Feedback is null && !edge.IsDeadLetters && !EndsStretch(edge.To));
        return stretch.Any(node => node.MayWait);
    }

    private static bool EndsStretch(Node node) => node.Capacity is not null || node.MaxDegreeOfParallelism > 1;
}
