namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>A connected part with its places, its corner at the origin; x runs along the flow and y across it.</summary>
/// <param name="Size">The size.</param>
/// <param name="Centres">The centres of the nodes.</param>
/// <param name="Courses">The courses of the edges.</param>
internal sealed record PartLayout(
    LayoutPoint Size,
    IReadOnlyList<(int Node, LayoutPoint Centre)> Centres,
    IReadOnlyList<(IndexedEdge Edge, IReadOnlyList<LayoutPoint> Points)> Courses)
{
    private const double StrokeRoom = 3;

    /// <summary>Collects the places of a part and moves it to the origin.</summary>
    /// <param name="graph">The graph, its vertices placed.</param>
    /// <param name="router">The router of its edges.</param>
    /// <returns>The part.</returns>
    internal static PartLayout Create(LayerGraph graph, EdgeRouter router)
    {
        var low = new LayoutPoint(double.MaxValue, double.MaxValue);
        var high = new LayoutPoint(double.MinValue, double.MinValue);
        void Include(double x, double y)
        {
            low = new LayoutPoint(Math.Min(low.X, x), Math.Min(low.Y, y));
            high = new LayoutPoint(Math.Max(high.X, x), Math.Max(high.Y, y));
        }

        var centres = new List<(int Node, LayoutPoint Centre)>();
        foreach (var vertex in graph.Layers.SelectMany(layer => layer).Where(vertex => vertex.Kind == LayerVertexKind.Node))
        {
            var along = router.Centre(vertex.Layer);
            centres.Add((vertex.Node, new LayoutPoint(along, vertex.Position)));
            Include(along - (vertex.Along / 2), vertex.Position - (vertex.Across / 2));
            Include(along + (vertex.Along / 2), vertex.Position + (vertex.Across / 2));
        }

        var courses = graph.Routes.ConvertAll(route => (route.Edge, Points: router.Run(route)));
        foreach (var point in courses.SelectMany(course => course.Points))
        {
            Include(point.X - StrokeRoom, point.Y - StrokeRoom);
            Include(point.X + StrokeRoom, point.Y + StrokeRoom);
        }

        LayoutPoint Move(LayoutPoint point) => new(point.X - low.X, point.Y - low.Y);
        return new PartLayout(
            Move(high),
            centres.ConvertAll(node => (node.Node, Move(node.Centre))),
            courses.ConvertAll(course => (course.Edge, (IReadOnlyList<LayoutPoint>)course.Points.Select(Move).ToList())));
    }
}
