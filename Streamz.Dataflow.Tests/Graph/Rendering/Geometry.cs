using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Tests.Graph.Rendering;

/// <summary>Looks at pictures without eyes; knows the outlines from their definition, not from the layout.</summary>
internal static class Geometry
{
    /// <summary>The smallest distance of a point from the outline of a node.</summary>
    internal static double DistanceToOutline(PlacedNode node, LayoutPoint point, DrawingDirection direction)
    {
        var outline = Outline(node, direction);
        return Enumerable.Range(0, outline.Count).Min(i => Distance(point, outline[i], outline[(i + 1) % outline.Count]));
    }

    /// <summary>Whether a point is inside the bounding box of a node, by more than a margin.</summary>
    internal static bool IsInside(PlacedNode node, LayoutPoint point, double margin) =>
        point.X > node.X + margin && point.X < node.X + node.Width - margin
        && point.Y > node.Y + margin && point.Y < node.Y + node.Height - margin;

    /// <summary>Whether a point is inside the outline of a node.</summary>
    internal static bool IsInsideOutline(PlacedNode node, LayoutPoint point, DrawingDirection direction)
    {
        var outline = Outline(node, direction);
        var inside = false;
        for (var i = 0; i < outline.Count; i++)
        {
            var (one, other) = (outline[i], outline[(i + 1) % outline.Count]);
            if (one.Y > point.Y != other.Y > point.Y
                && point.X < ((other.X - one.X) * (point.Y - one.Y) / (other.Y - one.Y)) + one.X)
            {
                inside = !inside;
            }
        }

        return inside;
    }

    /// <summary>The corners of the ink of a line of text.</summary>
    internal static IEnumerable<LayoutPoint> Corners(PlacedLine line)
    {
        var ascent = LayoutMetrics.FontSize * 0.74;
        var descent = LayoutMetrics.FontSize * 0.22;
        yield return new LayoutPoint(line.X - (line.Width / 2), line.Y - ascent);
        yield return new LayoutPoint(line.X + (line.Width / 2), line.Y - ascent);
        yield return new LayoutPoint(line.X - (line.Width / 2), line.Y + descent);
        yield return new LayoutPoint(line.X + (line.Width / 2), line.Y + descent);
    }

    /// <summary>Counts the pairs of edges that cross.</summary>
    internal static int Crossings(LayoutResult layout)
    {
        var courses = layout.Edges.Select(edge => Curve.Flatten(edge.Points, 24)).ToList();
        var total = 0;
        for (var i = 0; i < courses.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                total += Cross(courses[i], courses[j]) ? 1 : 0;
            }
        }

        return total;
    }

    private static bool Cross(List<LayoutPoint> one, List<LayoutPoint> other) =>
        Enumerable.Range(1, one.Count - 1).Any(i =>
            Enumerable.Range(1, other.Count - 1).Any(j =>
                Side(one[i - 1], one[i], other[j - 1]) * Side(one[i - 1], one[i], other[j]) < 0
                && Side(other[j - 1], other[j], one[i - 1]) * Side(other[j - 1], other[j], one[i]) < 0));

    private static int Side(LayoutPoint start, LayoutPoint end, LayoutPoint point) =>
        Math.Sign(((end.X - start.X) * (point.Y - start.Y)) - ((end.Y - start.Y) * (point.X - start.X)));

    private static List<LayoutPoint> Outline(PlacedNode node, DrawingDirection direction)
    {
        var cut = ShapeGeometry.Chamfer(node.Width, node.Height) / node.Width;
        var cutY = ShapeGeometry.Chamfer(node.Width, node.Height) / node.Height;
        var slant = ShapeGeometry.Slant(node.Width) / node.Width;
        (double X, double Y)[] corners = node.Node.Shape switch
        {
            NodeShape.Ellipse => Enumerable.Range(0, 720)
                .Select(i => (0.5 + (Math.Cos(i * Math.PI / 360) / 2), 0.5 + (Math.Sin(i * Math.PI / 360) / 2)))
                .ToArray(),
            NodeShape.Diamond => [(0, 0.5), (0.5, 0), (1, 0.5), (0.5, 1)],
            NodeShape.Trapezium => [(slant, 0), (1 - slant, 0), (1, 1), (0, 1)],
            NodeShape.Triangle when direction == DrawingDirection.LeftToRight => [(0, 0), (1, 0.5), (0, 1)],
            NodeShape.Triangle => [(0, 0), (1, 0), (0.5, 1)],
            NodeShape.Octagon or NodeShape.DoubleOctagon =>
                [(cut, 0), (1 - cut, 0), (1, cutY), (1, 1 - cutY), (1 - cut, 1), (cut, 1), (0, 1 - cutY), (0, cutY)],
            _ => [(0, 0), (1, 0), (1, 1), (0, 1)],
        };
        return Array.ConvertAll(corners, corner => new LayoutPoint(node.X + (corner.X * node.Width), node.Y + (corner.Y * node.Height))).ToList();
    }

    private static double Distance(LayoutPoint point, LayoutPoint start, LayoutPoint end)
    {
        var (dx, dy) = (end.X - start.X, end.Y - start.Y);
        var length = (dx * dx) + (dy * dy);
        var part = length == 0 ? 0 : Math.Clamp((((point.X - start.X) * dx) + ((point.Y - start.Y) * dy)) / length, 0, 1);
        var (x, y) = (start.X + (dx * part) - point.X, start.Y + (dy * part) - point.Y);
        return Math.Sqrt((x * x) + (y * y));
    }
}
