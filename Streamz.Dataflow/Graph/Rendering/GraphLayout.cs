namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Places the nodes and edges of a drawing in layers along the flow.</summary>
internal sealed class GraphLayout
{
    private readonly GraphDrawing _drawing;
    private readonly DrawingIndex _index;
    private readonly bool _leftToRight;
    private readonly List<SizedNode> _sizes = [];
    private readonly int[] _ranks;

    private GraphLayout(GraphDrawing drawing)
    {
        _drawing = drawing;
        _index = new DrawingIndex(drawing);
        _leftToRight = drawing.Direction == DrawingDirection.LeftToRight;
        _ranks = RankAssigner.Assign(drawing.Nodes.Count, _index);
        var incoming = new int[drawing.Nodes.Count];
        foreach (var edge in _index.Edges)
        {
            incoming[edge.To]++;
        }

        for (var i = 0; i < drawing.Nodes.Count; i++)
        {
            _sizes.Add(NodeSizing.Measure(drawing.Nodes[i], drawing.Direction, incoming[i], _index.Outgoing(i).Count));
        }
    }

    /// <summary>Places every part of a drawing.</summary>
    /// <param name="drawing">The drawing.</param>
    /// <returns>The places.</returns>
    internal static LayoutResult Compute(GraphDrawing drawing) => new GraphLayout(drawing).Compute();

    private LayoutResult Compute()
    {
        var nodes = new PlacedNode?[_drawing.Nodes.Count];
        var edges = new SortedDictionary<int, PlacedEdge>();
        var parts = ConnectedParts.Find(_drawing.Nodes.Count, _index).ConvertAll(LayOutPart);
        var boxes = parts.ConvertAll(part => _leftToRight ? part.Size : new LayoutPoint(part.Size.Y, part.Size.X));
        var corners = ConnectedParts.Pack(boxes, out var picture);
        for (var i = 0; i < parts.Count; i++)
        {
            foreach (var (node, centre) in parts[i].Centres)
            {
                nodes[node] = PlaceNode(node, ToPicture(centre, corners[i]));
            }

            foreach (var (edge, points) in parts[i].Courses)
            {
                edges[edge.Index] = new PlacedEdge(
                    edge.Edge,
                    points.Select(point => Rounded(ToPicture(point, corners[i]))).ToList());
            }
        }

        var placedNodes = nodes.OfType<PlacedNode>().ToList();
        return new LayoutResult(
            Math.Ceiling(picture.X + (2 * LayoutMetrics.PictureMargin)),
            Math.Ceiling(picture.Y + (2 * LayoutMetrics.PictureMargin)),
            placedNodes,
            EdgeLabelPlacer.Place(placedNodes, edges.Values.ToList()));
    }

    private PartLayout LayOutPart(IReadOnlyList<int> nodes)
    {
        var sizes = _sizes.ConvertAll(size => _leftToRight ? (size.Width, size.Height) : (size.Height, size.Width));
        var edges = nodes.SelectMany(node => _index.Outgoing(node)).ToList();
        var lowest = nodes.Min(node => _ranks[node]);
        var ranks = lowest == 0 ? _ranks : Array.ConvertAll(_ranks, rank => rank - lowest);
        var graph = LayerGraph.Build(nodes, edges, ranks, sizes);
        CrossingReducer.Reduce(graph);
        graph.RemoveTurns();
        CoordinateAssigner.Assign(graph);
        PositionPolish.Apply(graph);
        return PartLayout.Create(graph, new EdgeRouter(graph, _drawing.Nodes, _drawing.Direction));
    }

    private LayoutPoint ToPicture(LayoutPoint point, LayoutPoint corner)
    {
        var turned = _leftToRight ? point : new LayoutPoint(point.Y, point.X);
        return new LayoutPoint(
            turned.X + corner.X + LayoutMetrics.PictureMargin,
            turned.Y + corner.Y + LayoutMetrics.PictureMargin);
    }

    private PlacedNode PlaceNode(int index, LayoutPoint centre)
    {
        var size = _sizes[index];
        var corner = Rounded(new LayoutPoint(centre.X - (size.Width / 2), centre.Y - (size.Height / 2)));
        var lines = size.Lines
            .Select(line => line with
            {
                X = Rounded(line.X + corner.X),
                Y = Rounded(line.Y + corner.Y),
                Width = Rounded(line.Width),
            })
            .ToList();
        return new PlacedNode(_drawing.Nodes[index], corner.X, corner.Y, Rounded(size.Width), Rounded(size.Height), lines);
    }

    // Hundredths are finer than any screen and hide the last digits in which processors differ.
    private static double Rounded(double value) => Math.Round(value, 2, MidpointRounding.AwayFromZero);

    private static LayoutPoint Rounded(LayoutPoint point) => new(Rounded(point.X), Rounded(point.Y));
}
