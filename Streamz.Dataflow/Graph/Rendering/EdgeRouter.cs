namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Places the layers along the flow and runs the edges between them, clear of the nodes.</summary>
internal sealed class EdgeRouter
{
    private const double NodeClearance = 7;
    private const int CurveSamples = 24;

    private readonly LayerGraph _graph;
    private readonly IReadOnlyList<DrawingNode> _nodes;
    private readonly DrawingDirection _direction;
    private readonly PortAssigner _ports;
    private readonly TrackAssigner _tracks;
    private readonly (double Start, double End)[] _layers;

    /// <summary>Prepares the routes of a part.</summary>
    /// <param name="graph">The graph, its vertices placed across the flow.</param>
    /// <param name="nodes">The nodes of the drawing.</param>
    /// <param name="direction">The direction of flow.</param>
    internal EdgeRouter(LayerGraph graph, IReadOnlyList<DrawingNode> nodes, DrawingDirection direction)
    {
        _graph = graph;
        _nodes = nodes;
        _direction = direction;
        _ports = new PortAssigner(graph, nodes, direction);
        _tracks = new TrackAssigner(graph, _ports);
        _layers = PlaceLayers();
    }

    /// <summary>The centre of a layer along the flow.</summary>
    /// <param name="layer">The layer.</param>
    /// <returns>The position.</returns>
    internal double Centre(int layer) => (_layers[layer].Start + _layers[layer].End) / 2;

    /// <summary>Runs an edge.</summary>
    /// <param name="route">The edge.</param>
    /// <returns>Its points; x runs along the flow and y across it.</returns>
    internal IReadOnlyList<LayoutPoint> Run(EdgeRoute route) => route.IsReturning ? RunBack(route) : RunForward(route);

    private (double Start, double End)[] PlaceLayers()
    {
        var layers = new (double Start, double End)[_graph.Layers.Count];
        var position = 0.0;
        for (var i = 0; i < layers.Length; i++)
        {
            var size = _graph.Layers[i].Max(vertex => vertex.Along);
            layers[i] = (position, position + size);
            position += size + GapAfter(i);
        }

        return layers;
    }

    private double GapAfter(int layer)
    {
        if (layer == _graph.Layers.Count - 1)
        {
            return 0;
        }

        // A steep edge needs a longer way to stay smooth.
        var steepest = 0.0;
        foreach (var vertex in _graph.Layers[layer])
        {
            foreach (var after in vertex.After)
            {
                steepest = Math.Max(steepest, Math.Abs(after.Position - vertex.Position));
            }
        }

        var tracks = _tracks.CountAfter(layer) + _tracks.CountBefore(layer + 1);
        var extra = Math.Clamp((steepest - 60) * 0.18, 0, LayoutMetrics.MaxExtraGap);
        return LayoutMetrics.LayerGap + extra + (tracks * LayoutMetrics.TrackSpacing);
    }

    private List<LayoutPoint> RunForward(EdgeRoute route)
    {
        var start = StartOf(route);
        var end = EndOf(route);
        var knots = new List<LayoutPoint> { start, new(_layers[route.From.Layer].End, start.Y) };
        foreach (var bend in route.Bends)
        {
            knots.Add(new LayoutPoint(_layers[bend.Layer].Start, bend.Position));
            knots.Add(new LayoutPoint(_layers[bend.Layer].End, bend.Position));
        }

        knots.Add(new LayoutPoint(_layers[route.To.Layer].Start, end.Y));
        knots.Add(end);
        Relax(knots, route);
        var path = new EdgePath(knots[0]);
        for (var i = 1; i < knots.Count; i++)
        {
            // Level stretches in a row become one.
            if (i + 1 < knots.Count && knots[i].Y == path.Points[^1].Y && knots[i + 1].Y == knots[i].Y)
            {
                continue;
            }

            path.FlowTo(knots[i]);
        }

        return [.. path.Points];
    }

    private List<LayoutPoint> RunBack(EdgeRoute route)
    {
        var path = new EdgePath(StartOf(route));
        var leaving = _layers[route.From.Layer].End + _tracks.LeavingDistance(route);
        var nearLeaving = Centre(route.From.Layer) + (route.From.Along / 2) + _tracks.LeavingDistance(route);
        path.TurnAt(NearestTrack(route, route.From, nearLeaving, leaving, route.Bends[0].Position), route.Bends[0].Position);
        for (var i = 1; i < route.Bends.Count; i++)
        {
            var previous = route.Bends[i - 1];
            var bend = route.Bends[i];
            if (previous.Position != bend.Position)
            {
                path.FlowTo(new LayoutPoint(_layers[previous.Layer].Start, previous.Position));
                path.FlowTo(new LayoutPoint(_layers[bend.Layer].End, bend.Position));
            }
        }

        var entering = _layers[route.To.Layer].Start - _tracks.EnteringDistance(route);
        var nearEntering = Centre(route.To.Layer) - (route.To.Along / 2) - _tracks.EnteringDistance(route);
        path.TurnAt(NearestTrack(route, route.To, nearEntering, entering, route.Bends[^1].Position), _ports.End(route));
        path.StraightTo(EndOf(route));
        return [.. path.Points];
    }

    /// <summary>Turns right at the node, if nothing wider in its layer stands between it and the way back.</summary>
    private double NearestTrack(EdgeRoute route, LayerVertex node, double near, double far, double across)
    {
        var low = Math.Min(node.Position, across) - NodeClearance;
        var high = Math.Max(node.Position, across) + NodeClearance;
        var between = _graph.Layers[node.Layer].Where(vertex =>
            vertex != node
            && vertex.Kind == LayerVertexKind.Node
            && vertex.Position + (vertex.Across / 2) > low
            && vertex.Position - (vertex.Across / 2) < high);
        return _tracks.IsCrowded(route) || between.Any() ? far : near;
    }

    private LayoutPoint StartOf(EdgeRoute route)
    {
        var across = _ports.Start(route);
        return new LayoutPoint(Centre(route.From.Layer) + (route.From.Along / 2) - Inset(route.From, across, true), across);
    }

    private LayoutPoint EndOf(EdgeRoute route)
    {
        var across = _ports.End(route);
        return new LayoutPoint(Centre(route.To.Layer) - (route.To.Along / 2) + Inset(route.To, across, false), across);
    }

    private double Inset(LayerVertex vertex, double across, bool outgoing) => ShapeGeometry.Inset(
        _nodes[vertex.Node].Shape,
        _direction,
        outgoing,
        vertex.Along,
        vertex.Across,
        across - vertex.Position);

    /// <summary>Lets a curve begin at the node itself where its layer is wider and nothing stands in the way.</summary>
    private void Relax(List<LayoutPoint> knots, EdgeRoute route)
    {
        if (knots[1].Y != knots[2].Y && IsClear(knots[0], knots[2], route.From))
        {
            knots.RemoveAt(1);
        }

        var last = knots.Count - 1;
        if (last > 1 && knots[last - 1].Y != knots[last - 2].Y && IsClear(knots[last - 2], knots[last], route.To))
        {
            knots.RemoveAt(last - 1);
        }
    }

    private bool IsClear(LayoutPoint start, LayoutPoint end, LayerVertex own)
    {
        var path = new EdgePath(start);
        path.FlowTo(end);
        var samples = Curve.Flatten(path.Points, CurveSamples).Concat(Curve.Polyline(path.Points, CurveSamples)).ToList();
        foreach (var vertex in _graph.Layers[own.Layer])
        {
            var reach = (vertex.Across / 2) + NodeClearance;
            var length = (vertex.Along / 2) + NodeClearance;
            var centre = Centre(vertex.Layer);
            if (vertex != own && samples.Exists(point =>
                Math.Abs(point.Y - vertex.Position) < reach && Math.Abs(point.X - centre) < length))
            {
                return false;
            }
        }

        return true;
    }
}
