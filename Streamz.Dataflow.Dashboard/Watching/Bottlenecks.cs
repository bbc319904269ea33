namespace Streamz.Dataflow.Dashboard.Watching;

/// <summary>Finds the nodes that hold back what is in front of them.</summary>
internal static class Bottlenecks
{
    /// <summary>The share of its time that a bottleneck has no room in.</summary>
    private const double Occupied = 0.7;

    /// <summary>The share of its time that what is in front of a bottleneck waits for it.</summary>
    private const double Waits = 0.3;

    private const double Full = 0.9;

    public static void Mark(Dictionary<int, NodeStatus> nodes, IReadOnlyList<EdgeStatus> edges)
    {
        var heldBack = edges
            .Where(edge => !edge.IsDeadLetters && nodes[edge.From].HeldBack >= Waits && HeadOf(nodes[edge.From]) != HeadOf(nodes[edge.To]))
            .Select(edge => HeadOf(nodes[edge.To]))
            .ToHashSet();
        foreach (var node in nodes.Values.Where(node => node.SharesBlockOf is null && node.Busy + node.Timed >= Occupied && !node.IsPaused).ToList())
        {
            if (heldBack.Contains(node.Id) || node.Waiting > 0 || (node.Capacity > 0 && node.Queued >= Full * node.Capacity))
            {
                nodes[node.Id] = node with { IsBottleneck = true };
            }
        }
    }

    private static int HeadOf(NodeStatus node) => node.SharesBlockOf ?? node.Id;
}
