namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Judges the order of layers.</summary>
internal static class LayerCost
{
    /// <summary>Counts what is wrong with the order; crossings weigh most.</summary>
    /// <param name="graph">The graph, its layers numbered.</param>
    /// <returns>The crossings, and how often branches and joins are out of order.</returns>
    internal static (long Crossings, long Inversions) Of(LayerGraph graph)
    {
        var inversions = 0L;
        foreach (var layer in graph.Layers)
        {
            var previousSource = -1;
            foreach (var vertex in layer)
            {
                inversions += Descents(vertex.After) + Descents(vertex.Before);
                if (vertex.Before.Count == 0 && vertex.Kind == LayerVertexKind.Node)
                {
                    inversions += vertex.Node < previousSource ? 1 : 0;
                    previousSource = vertex.Node;
                }
            }
        }

        return (CrossingCounter.Count(graph), inversions);
    }

    private static int Descents(List<LayerVertex> neighbours)
    {
        var total = 0;
        for (var i = 1; i < neighbours.Count; i++)
        {
            total += neighbours[i].Order < neighbours[i - 1].Order ? 1 : 0;
        }

        return total;
    }
}
