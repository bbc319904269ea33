namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Takes a graph apart into what is connected, and puts the parts next to each other.</summary>
internal static class ConnectedParts
{
    private const double WantedAspect = 1.7;

    /// <summary>Finds the connected parts.</summary>
    /// <param name="nodeCount">The number of nodes.</param>
    /// <param name="index">The edges.</param>
    /// <returns>The nodes of each part, in drawing order.</returns>
    internal static List<IReadOnlyList<int>> Find(int nodeCount, DrawingIndex index)
    {
        var leader = Enumerable.Range(0, nodeCount).ToArray();
        foreach (var edge in index.Edges)
        {
            var one = Leader(leader, edge.From);
            var other = Leader(leader, edge.To);
            leader[Math.Max(one, other)] = Math.Min(one, other);
        }

        return Enumerable.Range(0, nodeCount)
            .GroupBy(node => Leader(leader, node))
            .Select(part => (IReadOnlyList<int>)part.ToList())
            .ToList();
    }

    /// <summary>Places boxes in rows.</summary>
    /// <param name="sizes">The sizes of the boxes.</param>
    /// <param name="picture">The size all boxes take together.</param>
    /// <returns>The top left corners of the boxes.</returns>
    internal static List<LayoutPoint> Pack(IReadOnlyList<LayoutPoint> sizes, out LayoutPoint picture)
    {
        var corners = new List<LayoutPoint>();
        if (sizes.Count == 0)
        {
            picture = default;
            return corners;
        }

        var area = sizes.Sum(size => (size.X + LayoutMetrics.ComponentGap) * (size.Y + LayoutMetrics.ComponentGap));
        var limit = Math.Max(sizes.Max(size => size.X), Math.Sqrt(area * WantedAspect));
        var x = 0.0;
        var y = 0.0;
        var rowHeight = 0.0;
        var width = 0.0;
        foreach (var size in sizes)
        {
            if (x > 0 && x + size.X > limit)
            {
                x = 0;
                y += rowHeight + LayoutMetrics.ComponentGap;
                rowHeight = 0;
            }

            corners.Add(new LayoutPoint(x, y));
            rowHeight = Math.Max(rowHeight, size.Y);
            width = Math.Max(width, x + size.X);
            x += size.X + LayoutMetrics.ComponentGap;
        }

        picture = new LayoutPoint(width, y + rowHeight);
        return corners;
    }

    private static int Leader(int[] leader, int node)
    {
        while (leader[node] != node)
        {
            leader[node] = leader[leader[node]];
            node = leader[node];
        }

        return node;
    }
}
