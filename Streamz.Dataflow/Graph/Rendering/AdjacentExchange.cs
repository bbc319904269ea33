namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Improves the order of layers by exchanging neighbours.</summary>
internal static class AdjacentExchange
{
    private const int MostRounds = 8;

    /// <summary>Exchanges neighbours as long as that saves crossings or puts a branch in execution order.</summary>
    /// <param name="graph">The graph, its layers numbered.</param>
    internal static void Improve(LayerGraph graph)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var changed = false;
            foreach (var layer in graph.Layers)
            {
                for (var i = 1; i < layer.Count; i++)
                {
                    changed |= TryExchange(layer, i);
                }
            }

            if (!changed)
            {
                return;
            }
        }
    }

    private static bool TryExchange(List<LayerVertex> layer, int position)
    {
        var first = layer[position - 1];
        var second = layer[position];
        var now = CrossingCounter.Pairwise(first.Before, second.Before) + CrossingCounter.Pairwise(first.After, second.After);
        var then = CrossingCounter.Pairwise(second.Before, first.Before) + CrossingCounter.Pairwise(second.After, first.After);
        if (then > now || (then == now && !IsAgainstExecution(first, second)))
        {
            return false;
        }

        layer[position - 1] = second;
        layer[position] = first;
        second.Order = position - 1;
        first.Order = position;
        return true;
    }

    private static bool IsAgainstExecution(LayerVertex first, LayerVertex second)
    {
        // What splits comes first: a branch runs in its order, a join merely prefers one.
        foreach (var parent in first.Before)
        {
            if (second.Before.Contains(parent))
            {
                return parent.After.IndexOf(first) > parent.After.IndexOf(second);
            }
        }

        foreach (var child in first.After)
        {
            if (second.After.Contains(child))
            {
                return child.Before.IndexOf(first) > child.Before.IndexOf(second);
            }
        }

        return false;
    }
}
