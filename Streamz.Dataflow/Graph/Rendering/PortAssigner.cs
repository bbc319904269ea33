namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Spreads the ends of edges over the sides of their nodes.</summary>
internal sealed class PortAssigner
{
    private const double FarAway = 1e9;
    private const double AlmostStraight = 0.5;
    private const double StraightWeight = 1000;

    private readonly IReadOnlyList<DrawingNode> _nodes;
    private readonly DrawingDirection _direction;
    private readonly Dictionary<EdgeRoute, double> _starts = [];
    private readonly Dictionary<EdgeRoute, double> _ends = [];

    /// <summary>Chooses where the edges of a part start and end.</summary>
    /// <param name="graph">The graph, its vertices placed.</param>
    /// <param name="nodes">The nodes of the drawing.</param>
    /// <param name="direction">The direction of flow.</param>
    internal PortAssigner(LayerGraph graph, IReadOnlyList<DrawingNode> nodes, DrawingDirection direction)
    {
        _nodes = nodes;
        _direction = direction;
        foreach (var group in graph.Routes.GroupBy(route => route.From))
        {
            Spread(group.Key, group.ToList(), _starts, outgoing: true);
        }

        foreach (var group in graph.Routes.GroupBy(route => route.To))
        {
            Spread(group.Key, group.ToList(), _ends, outgoing: false);
        }
    }

    /// <summary>The position across the flow at which an edge starts.</summary>
    /// <param name="route">The edge.</param>
    /// <returns>The position.</returns>
    internal double Start(EdgeRoute route) => _starts[route];

    /// <summary>The position across the flow at which an edge ends.</summary>
    /// <param name="route">The edge.</param>
    /// <returns>The position.</returns>
    internal double End(EdgeRoute route) => _ends[route];

    private void Spread(LayerVertex node, List<EdgeRoute> routes, Dictionary<EdgeRoute, double> result, bool outgoing)
    {
        var shape = _nodes[node.Node].Shape;
        var reach = node.Across / 2 * ShapeGeometry.PortRange(shape, outgoing, _direction);
        if (routes.Count == 1)
        {
            var distance = Neighbour(routes[0], outgoing) - node.Position;
            var absorbs = !outgoing && !routes[0].IsReturning && Math.Abs(distance) <= reach;
            result[routes[0]] = node.Position + (absorbs ? distance : 0);
            return;
        }

        var sorted = routes
            .OrderBy(route => SortKey(route, node, outgoing))
            .ThenBy(route => route.Edge.Index)
            .ToList();
        var spacing = Math.Min(LayoutMetrics.PortSpacing, 2 * reach / (sorted.Count - 1));
        var wishes = sorted.ConvertAll(route => Math.Clamp(Neighbour(route, outgoing) - node.Position, -reach, reach));
        var offsets = Monotone(wishes, spacing);

        // A straight edge beside others may push them a little past the usual reach.
        var limit = Math.Min(reach * 1.4, node.Across * 0.43);
        var highest = Math.Max(-limit, limit - ((sorted.Count - 1) * spacing));
        for (var i = 0; i < sorted.Count; i++)
        {
            result[sorted[i]] = node.Position + Math.Clamp(offsets[i], -limit, highest) + (i * spacing);
        }
    }

    private double Neighbour(EdgeRoute route, bool outgoing)
    {
        if (outgoing)
        {
            return route.Bends.Count > 0 ? route.Bends[0].Position : route.To.Position;
        }

        return route.Bends.Count > 0 ? route.Bends[^1].Position : _starts[route];
    }

    private double SortKey(EdgeRoute route, LayerVertex node, bool outgoing)
    {
        var neighbour = Neighbour(route, outgoing);
        if (!route.IsReturning)
        {
            return neighbour;
        }

        // Returning edges keep to the outside, the widest loop innermost at the node, so that loops nest.
        return (neighbour < node.Position ? -FarAway : FarAway) - neighbour;
    }

    /// <summary>Finds the ascending values closest to the wishes less their spacing, by pooling violators.</summary>
    private static double[] Monotone(List<double> wishes, double spacing)
    {
        var pools = new List<(double Mean, double Weight, int Count)>();
        for (var i = 0; i < wishes.Count; i++)
        {
            var weight = Math.Abs(wishes[i]) < AlmostStraight ? StraightWeight : 1;
            var pool = (Mean: wishes[i] - (i * spacing), Weight: weight, Count: 1);
            while (pools.Count > 0 && pools[^1].Mean > pool.Mean)
            {
                var last = pools[^1];
                pools.RemoveAt(pools.Count - 1);
                var sum = last.Weight + pool.Weight;
                pool = (((last.Mean * last.Weight) + (pool.Mean * pool.Weight)) / sum, sum, last.Count + pool.Count);
            }

            pools.Add(pool);
        }

        return pools.SelectMany(pool => Enumerable.Repeat(pool.Mean, pool.Count)).ToArray();
    }
}
