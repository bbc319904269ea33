namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Places the vertices of each layer, after Brandes and Köpf: four greedy alignments and the mean of the middle two.</summary>
internal sealed class CoordinateAssigner
{
    private readonly LayerGraph _graph;
    private readonly HashSet<(int Before, int After)> _conflicts = [];

    private CoordinateAssigner(LayerGraph graph) => _graph = graph;

    /// <summary>Places the vertices.</summary>
    /// <param name="graph">The graph, its layers in order.</param>
    internal static void Assign(LayerGraph graph)
    {
        var assigner = new CoordinateAssigner(graph);
        assigner.FindConflicts();
        var layouts = new List<double[]>();
        foreach (var backwards in (bool[])[false, true])
        {
            foreach (var mirrored in (bool[])[false, true])
            {
                layouts.Add(assigner.Align(backwards, mirrored));
            }
        }

        assigner.Balance(layouts);
    }

    private void FindConflicts()
    {
        for (var i = 1; i < _graph.Layers.Count; i++)
        {
            var before = _graph.Layers[i - 1];
            var layer = _graph.Layers[i];
            var lowest = 0;
            var scanned = 0;
            for (var at = 0; at < layer.Count; at++)
            {
                var inner = InnerNeighbour(layer[at]);
                if (inner is null && at < layer.Count - 1)
                {
                    continue;
                }

                var highest = inner?.Order ?? before.Count;
                for (; scanned <= at; scanned++)
                {
                    MarkCrossing(layer[scanned], lowest, highest);
                }

                lowest = highest;
            }
        }
    }

    private void MarkCrossing(LayerVertex vertex, int lowest, int highest)
    {
        foreach (var other in vertex.Before)
        {
            var isInner = other.Kind == LayerVertexKind.Bend && vertex.Kind == LayerVertexKind.Bend;
            if (!isInner && (other.Order < lowest || other.Order > highest))
            {
                _conflicts.Add((other.Index, vertex.Index));
            }
        }
    }

    private static LayerVertex? InnerNeighbour(LayerVertex vertex) =>
        vertex.Kind == LayerVertexKind.Bend && vertex.Before.Count == 1 && vertex.Before[0].Kind == LayerVertexKind.Bend
            ? vertex.Before[0]
            : null;

    private double[] Align(bool backwards, bool mirrored)
    {
        var layers = _graph.Layers.ConvertAll(layer => mirrored ? Enumerable.Reverse(layer).ToList() : layer);
        if (backwards)
        {
            layers.Reverse();
        }

        var place = new int[_graph.Count];
        foreach (var layer in layers)
        {
            for (var i = 0; i < layer.Count; i++)
            {
                place[layer[i].Index] = i;
            }
        }

        var root = Enumerable.Range(0, _graph.Count).ToArray();
        var align = Enumerable.Range(0, _graph.Count).ToArray();
        foreach (var layer in layers)
        {
            var previous = -1;
            foreach (var vertex in layer)
            {
                previous = AlignWithMedian(vertex, backwards, place, previous, root, align);
            }
        }

        var positions = BlockCompaction.Compact(layers, root, _graph.Count);
        return mirrored ? Array.ConvertAll(positions, position => -position) : positions;
    }

    private int AlignWithMedian(LayerVertex vertex, bool backwards, int[] place, int previous, int[] root, int[] align)
    {
        var neighbours = (backwards ? vertex.After : vertex.Before).OrderBy(other => place[other.Index]).ToList();
        if (neighbours.Count == 0)
        {
            return previous;
        }

        for (var i = (neighbours.Count - 1) / 2; i <= neighbours.Count / 2; i++)
        {
            var other = neighbours[i];
            var edge = backwards ? (vertex.Index, other.Index) : (other.Index, vertex.Index);
            if (align[vertex.Index] == vertex.Index && previous < place[other.Index] && !_conflicts.Contains(edge))
            {
                align[other.Index] = vertex.Index;
                root[vertex.Index] = root[other.Index];
                align[vertex.Index] = root[vertex.Index];
                previous = place[other.Index];
            }
        }

        return previous;
    }

    private void Balance(List<double[]> layouts)
    {
        var vertices = _graph.Layers.SelectMany(layer => layer).ToList();
        var extents = layouts.ConvertAll(layout => (
            Low: vertices.Min(vertex => layout[vertex.Index] - (vertex.Across / 2)),
            High: vertices.Max(vertex => layout[vertex.Index] + (vertex.Across / 2))));
        var narrowest = extents.MinBy(extent => extent.High - extent.Low);
        for (var i = 0; i < layouts.Count; i++)
        {
            var isMirrored = i % 2 == 1;
            var shift = isMirrored ? narrowest.High - extents[i].High : narrowest.Low - extents[i].Low;
            layouts[i] = Array.ConvertAll(layouts[i], position => position + shift);
        }

        foreach (var vertex in vertices)
        {
            var sorted = layouts.Select(layout => layout[vertex.Index]).Order().ToList();
            vertex.Position = (sorted[1] + sorted[2]) / 2;
        }
    }
}
