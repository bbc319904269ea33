namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Counts how often edges cross.</summary>
internal static class CrossingCounter
{
    /// <summary>Counts the crossings between all neighbouring layers.</summary>
    /// <param name="graph">The graph, its layers numbered.</param>
    /// <returns>The number of crossings.</returns>
    internal static long Count(LayerGraph graph)
    {
        var total = 0L;
        for (var i = 1; i < graph.Layers.Count; i++)
        {
            total += Between(graph.Layers[i - 1], graph.Layers[i].Count);
        }

        return total;
    }

    /// <summary>Counts the crossings of the edges of two vertices on one side when the first stands before the second.</summary>
    /// <param name="first">The neighbours of the first vertex.</param>
    /// <param name="second">The neighbours of the second vertex.</param>
    /// <returns>The number of crossings.</returns>
    internal static int Pairwise(List<LayerVertex> first, List<LayerVertex> second)
    {
        var total = 0;
        foreach (var left in first)
        {
            foreach (var right in second)
            {
                total += left.Order > right.Order ? 1 : 0;
            }
        }

        return total;
    }

    private static long Between(List<LayerVertex> layer, int nextCount)
    {
        // A tree of sums: how many edges seen so far end behind a given place.
        var tree = new int[nextCount + 1];
        var seen = 0;
        var total = 0L;
        foreach (var vertex in layer)
        {
            foreach (var after in vertex.After)
            {
                var notBehind = 0;
                for (var i = after.Order + 1; i > 0; i -= i & -i)
                {
                    notBehind += tree[i];
                }

                total += seen - notBehind;
            }

            foreach (var after in vertex.After)
            {
                seen++;
                for (var i = after.Order + 1; i <= nextCount; i += i & -i)
                {
                    tree[i]++;
                }
            }
        }

        return total;
    }
}
