namespace Streamz.Dataflow.Graph;

/// <summary>The order of a graph's nodes, and its loops.</summary>
internal static class GraphOrder
{
    /// <summary>The nodes such that each comes after its upstreams among them, feedback edges aside; what is in a circle is left out.</summary>
    public static List<Node> Of(IReadOnlyList<Node> nodes)
    {
        var among = nodes.ToHashSet();
        var missing = nodes.ToDictionary(node => node, node => node.Inputs.Count(edge => edge.Feedback is null && among.Contains(edge.From)));
        var ready = new PriorityQueue<Node, int>(missing.Where(pair => pair.Value == 0).Select(pair => (pair.Key, pair.Key.Id)));
        var order = new List<Node>(nodes.Count);
        while (ready.TryDequeue(out var node, out _))
        {
            order.Add(node);
            foreach (var edge in node.Departures)
            {
                if (edge.Feedback is null && among.Contains(edge.To) && --missing[edge.To] == 0)
                {
                    ready.Enqueue(edge.To, edge.To.Id);
                }
            }
        }

        return order;
    }

    /// <summary>The nodes that can be reached from one along the edges, the node itself only if it is on a loop.</summary>
    public static HashSet<Node> Downstream(Node start, Func<Edge, bool>? follow = null)
    {
        var found = new HashSet<Node>();
        var open = new Stack<Node>([start]);
        while (open.TryPop(out var node))
        {
            foreach (var edge in node.Departures)
            {
                if (follow?.Invoke(edge) != false && found.Add(edge.To))
                {
                    open.Push(edge.To);
                }
            }
        }

        return found;
    }

    /// <summary>The sets of nodes that lie on loops with one another, each in graph order.</summary>
    public static IReadOnlyList<IReadOnlyList<Node>> Loops(IReadOnlyList<Node> order)
    {
        var loops = new List<IReadOnlyList<Node>>();
        var placed = new HashSet<Node>();
        foreach (var edge in order.SelectMany(node => node.Inputs).Where(edge => edge.Feedback is not null))
        {
            if (placed.Contains(edge.To))
            {
                continue;
            }

            var below = Downstream(edge.To);
            var loop = order.Where(node => below.Contains(node) && (node == edge.To || Downstream(node).Contains(edge.To))).ToList();
            placed.UnionWith(loop);
            loops.Add(loop);
        }

        return loops;
    }
}
