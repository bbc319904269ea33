namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Places aligned blocks as close together as their separation allows.</summary>
internal static class BlockCompaction
{
    /// <summary>Places blocks.</summary>
    /// <param name="layers">The layers in the order to place them in; mirrored layers give mirrored positions.</param>
    /// <param name="root">For each vertex the vertex that stands for its block.</param>
    /// <param name="count">The number of vertices.</param>
    /// <returns>The position of each vertex.</returns>
    internal static double[] Compact(List<List<LayerVertex>> layers, int[] root, int count)
    {
        var following = new List<(int Block, double Distance)>[count];
        var waiting = new int[count];
        foreach (var layer in layers)
        {
            foreach (var vertex in layer)
            {
                following[root[vertex.Index]] ??= [];
            }

            for (var i = 1; i < layer.Count; i++)
            {
                var block = root[layer[i - 1].Index];
                var next = root[layer[i].Index];
                following[block].Add((next, layer[i - 1].Separation(layer[i])));
                waiting[next]++;
            }
        }

        var sorted = Sort(layers, root, following, waiting);
        var positions = new double[count];
        foreach (var block in sorted)
        {
            foreach (var (next, distance) in following[block])
            {
                positions[next] = Math.Max(positions[next], positions[block] + distance);
            }
        }

        // Blocks that hold nothing back move up to the next one, which shortens the edges between them.
        for (var i = sorted.Count - 1; i >= 0; i--)
        {
            var block = sorted[i];
            if (following[block].Count > 0)
            {
                var limit = following[block].Min(next => positions[next.Block] - next.Distance);
                positions[block] = Math.Max(positions[block], limit);
            }
        }

        foreach (var vertex in layers.SelectMany(layer => layer))
        {
            positions[vertex.Index] = positions[root[vertex.Index]];
        }

        return positions;
    }

    private static List<int> Sort(
        List<List<LayerVertex>> layers,
        int[] root,
        List<(int Block, double Distance)>[] following,
        int[] waiting)
    {
        var ready = new Queue<int>();
        foreach (var vertex in layers.SelectMany(layer => layer))
        {
            if (root[vertex.Index] == vertex.Index && waiting[vertex.Index] == 0)
            {
                ready.Enqueue(vertex.Index);
            }
        }

        var sorted = new List<int>();
        while (ready.TryDequeue(out var block))
        {
            sorted.Add(block);
            foreach (var (next, _) in following[block])
            {
                waiting[next]--;
                if (waiting[next] == 0)
                {
                    ready.Enqueue(next);
                }
            }
        }

        return sorted;
    }
}
