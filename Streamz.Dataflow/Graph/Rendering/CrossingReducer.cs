namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Orders the layers so that few edges cross.</summary>
internal static class CrossingReducer
{
    private const int MostSweeps = 24;
    private const int LeastSweeps = 6;
    private const int Work = 20_000;

    /// <summary>Orders the layers.</summary>
    /// <param name="graph">The graph.</param>
    internal static void Reduce(LayerGraph graph)
    {
        // Large graphs get fewer sweeps: most of the gain comes from the first few.
        var sweeps = Math.Clamp(Work / Math.Max(1, graph.Count), LeastSweeps, MostSweeps);
        var best = graph.SaveOrder();
        var bestCost = (Crossings: long.MaxValue, Inversions: long.MaxValue);
        foreach (var useMedian in (bool[])[false, true])
        {
            InitialOrder(graph);
            AdjacentExchange.Improve(graph);
            Keep();
            LaneMover.Improve(graph);
            Keep();
            for (var sweep = 0; sweep < sweeps && bestCost != (0, 0); sweep++)
            {
                Sweep(graph, forwards: sweep % 2 == 0, useMedian);
                AdjacentExchange.Improve(graph);
                Keep();
            }

            graph.RestoreOrder(best.ConvertAll(layer => Enumerable.Reverse(layer).ToList()));
            AdjacentExchange.Improve(graph);
            Keep();
        }

        graph.RestoreOrder(best);
        LaneMover.Improve(graph);

        void Keep()
        {
            var cost = LayerCost.Of(graph);
            if (cost.CompareTo(bestCost) < 0)
            {
                bestCost = cost;
                best = graph.SaveOrder();
            }
        }
    }

    private static void InitialOrder(LayerGraph graph)
    {
        // Depth first from the sources keeps what belongs together together and branches in execution order.
        var seen = new bool[graph.Count];
        var ordered = graph.Layers.ConvertAll(_ => new List<LayerVertex>());
        var stack = new Stack<LayerVertex>();
        var roots = graph.Layers.SelectMany(layer => layer)
            .OrderBy(vertex => vertex.Before.Count > 0)
            .ThenBy(vertex => vertex.Index)
            .ToList();
        foreach (var root in roots)
        {
            stack.Push(root);
            while (stack.TryPop(out var vertex))
            {
                if (seen[vertex.Index])
                {
                    continue;
                }

                seen[vertex.Index] = true;
                ordered[vertex.Layer].Add(vertex);
                for (var i = vertex.After.Count - 1; i >= 0; i--)
                {
                    stack.Push(vertex.After[i]);
                }
            }
        }

        graph.RestoreOrder(ordered);
    }

    private static void Sweep(LayerGraph graph, bool forwards, bool useMedian)
    {
        var count = graph.Layers.Count;
        for (var step = 1; step < count; step++)
        {
            var layer = graph.Layers[forwards ? step : count - 1 - step];
            var keys = layer.ToDictionary(
                vertex => vertex,
                vertex => Key(vertex, forwards ? vertex.Before : vertex.After, useMedian));
            var sorted = layer.OrderBy(vertex => keys[vertex]).ThenBy(vertex => vertex.Order).ToList();
            for (var i = 0; i < sorted.Count; i++)
            {
                layer[i] = sorted[i];
                sorted[i].Order = i;
            }
        }
    }

    private static double Key(LayerVertex vertex, List<LayerVertex> neighbours, bool useMedian)
    {
        if (neighbours.Count == 0)
        {
            return vertex.Order;
        }

        if (!useMedian)
        {
            return neighbours.Average(neighbour => neighbour.Order);
        }

        var orders = neighbours.Select(neighbour => neighbour.Order).Order().ToList();
        return (orders[(orders.Count - 1) / 2] + orders[orders.Count / 2]) / 2.0;
    }
}
