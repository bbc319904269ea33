namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Finds room for the labels and loop signs of edges.</summary>
internal sealed class EdgeLabelPlacer
{
    private const double FirstDistance = 15;
    private const double Step = 3;
    private const double LastPart = 0.7;
    private const double Height = 16;
    private const double Clearance = 2;
    private const int CurveSamples = 20;
    private const int MostCandidates = 50;
    private const int MostNeighbours = 6;

    private readonly IReadOnlyList<PlacedNode> _nodes;
    private readonly List<(LayoutPoint Centre, double Width)> _taken = [];

    private EdgeLabelPlacer(IReadOnlyList<PlacedNode> nodes) => _nodes = nodes;

    /// <summary>Places the labels.</summary>
    /// <param name="nodes">The placed nodes.</param>
    /// <param name="edges">The edges, their labels not yet placed.</param>
    /// <returns>The edges with their labels placed.</returns>
    internal static List<PlacedEdge> Place(IReadOnlyList<PlacedNode> nodes, IReadOnlyList<PlacedEdge> edges)
    {
        var placer = new EdgeLabelPlacer(nodes);
        var courses = edges.Select(edge => Curve.Flatten(edge.Points, CurveSamples)).ToList();
        var sources = edges
            .Select((edge, i) => (edge.Edge.From, Index: i))
            .ToLookup(pair => pair.From, pair => pair.Index);
        var result = new List<PlacedEdge>();
        for (var i = 0; i < edges.Count; i++)
        {
            var edge = edges[i];
            var sign = edge.Edge.IsFeedback ? placer.PlaceSign(edge, courses, i) : (LayoutPoint?)null;
            var width = LabelWidth(edge.Edge);
            var others = sources[edge.Edge.From]
                .Where(other => other != i)
                .OrderBy(other => Distance(courses[other][0], courses[i][0]))
                .Take(MostNeighbours)
                .Select(other => courses[other])
                .ToList();
            var label = width > 0 ? placer.PlaceLabel(courses[i], others, width) : (LayoutPoint?)null;
            result.Add(edge with { LabelAt = label, LoopSignAt = sign });
        }

        return result;
    }

    /// <summary>The width of the plate an edge label is written on.</summary>
    /// <param name="edge">The edge.</param>
    /// <returns>The width, 0 when there is no label.</returns>
    internal static double LabelWidth(DrawingEdge edge)
    {
        var text = LabelText.Clean(edge.Label);
        return text.Length == 0 ? 0 : Math.Max(Height, TextMeasure.Width(text, LayoutMetrics.EdgeFontSize, bold: true) + 8);
    }

    private LayoutPoint PlaceSign(PlacedEdge edge, List<List<LayoutPoint>> courses, int own)
    {
        // The longest straight stretch is the way back, where the sign says most.
        var course = courses[own];
        var (first, last) = (course[course.Count / 3], course[course.Count * 2 / 3]);
        var longest = 0.0;
        for (var i = 0; i + 3 < edge.Points.Count; i += 3)
        {
            var start = edge.Points[i];
            var end = edge.Points[i + 3];
            var isStraight = Math.Abs(start.X - end.X) < 0.01 || Math.Abs(start.Y - end.Y) < 0.01;
            var length = Math.Abs(start.X - end.X) + Math.Abs(start.Y - end.Y);
            if (isStraight && length > longest)
            {
                longest = length;
                (first, last) = (start, end);
            }
        }

        const double Size = Height + 3;
        var others = courses.Where((_, i) => i != own).ToList();
        var places = Array.ConvertAll(
            (double[])[0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8],
            part => new LayoutPoint(first.X + ((last.X - first.X) * part), first.Y + ((last.Y - first.Y) * part)));
        var place = Array.Find(places, point => IsFree(point, Size) && IsApart(point, others, Size));
        place = place == default ? places[0] : place;
        _taken.Add((place, Size));
        return place;
    }

    private LayoutPoint PlaceLabel(List<LayoutPoint> course, List<List<LayoutPoint>> others, double width)
    {
        var candidates = Candidates(course, FirstDistance + ((width - Height) / 2));
        var place = candidates.Find(point => IsFree(point, width) && IsApart(point, others, width));
        if (place == default)
        {
            place = candidates.Find(point => IsFree(point, width));
        }

        if (place == default)
        {
            place = candidates[0];
        }

        _taken.Add((place, width));
        return place;
    }

    private static List<LayoutPoint> Candidates(List<LayoutPoint> course, double first)
    {
        var total = 0.0;
        for (var i = 1; i < course.Count; i++)
        {
            total += Distance(course[i - 1], course[i]);
        }

        var result = new List<LayoutPoint>();
        var wanted = Math.Min(first, total / 2);
        var passed = 0.0;
        for (var i = 1; i < course.Count; i++)
        {
            var length = Distance(course[i - 1], course[i]);
            while (length > 0
                && wanted <= passed + length
                && result.Count < MostCandidates
                && (result.Count == 0 || wanted < total * LastPart))
            {
                var part = (wanted - passed) / length;
                result.Add(new LayoutPoint(
                    course[i - 1].X + ((course[i].X - course[i - 1].X) * part),
                    course[i - 1].Y + ((course[i].Y - course[i - 1].Y) * part)));
                wanted += Step;
            }

            passed += length;
        }

        return result.Count > 0 ? result : [course[^1]];
    }

    private bool IsFree(LayoutPoint point, double width)
    {
        var halfWidth = (width / 2) + Clearance;
        var halfHeight = (Height / 2) + Clearance;
        return !_taken.Exists(other =>
                Math.Abs(other.Centre.X - point.X) < halfWidth + (other.Width / 2)
                && Math.Abs(other.Centre.Y - point.Y) < halfHeight + (Height / 2))
            && !_nodes.Any(node =>
                point.X + halfWidth > node.X && point.X - halfWidth < node.X + node.Width
                && point.Y + halfHeight > node.Y && point.Y - halfHeight < node.Y + node.Height);
    }

    private static bool IsApart(LayoutPoint point, List<List<LayoutPoint>> others, double width) =>
        !others.Exists(course => course.Exists(other =>
            Math.Abs(other.X - point.X) < width / 2 && Math.Abs(other.Y - point.Y) < Height / 2));

    private static double Distance(LayoutPoint one, LayoutPoint other) =>
        Math.Sqrt(((one.X - other.X) * (one.X - other.X)) + ((one.Y - other.Y) * (one.Y - other.Y)));
}
