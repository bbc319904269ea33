using System.Text;

namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Draws edges, their heads, labels and loop signs.</summary>
internal static class SvgEdges
{
    private const double HeadLength = 9;
    private const double HeadHalfWidth = 4;
    private const double PlateHeight = 15;
    private const double SignRadius = 9.5;

    /// <summary>Draws the line and the head of an edge.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="edge">The edge.</param>
    /// <param name="caption">What a reader is told who points at it, escaped.</param>
    internal static void Draw(SvgWriter writer, PlacedEdge edge, string caption)
    {
        var points = edge.Points.ToArray();
        var tip = points[^1];
        var (dx, dy) = Heading(points);

        // The line stops inside the head, or its blunt end would show at the tip.
        points[^1] = Back(points[^1], dx, dy, HeadLength / 2);
        points[^2] = Back(points[^2], dx, dy, HeadLength / 2);
        var left = Back(tip, dx, dy, HeadLength);
        var (lineClass, headClass) = edge.Edge.IsFeedback ? ("sz-loop", "sz-loop-head") : ("sz-edge", "sz-head");
        var dashes = edge.Edge.IsDeadLetters ? " stroke-dasharray=\"3 4\"" : "";
        writer.Line($"<g><title>{caption}</title>");
        writer.Line($"<path class=\"{lineClass}\" d=\"{PathData(points)}\"{dashes}/>");
        writer.Line($"<polygon class=\"{headClass}\" points=\"{tip.X},{tip.Y} {left.X - (dy * HeadHalfWidth)},{left.Y + (dx * HeadHalfWidth)} {left.X + (dy * HeadHalfWidth)},{left.Y - (dx * HeadHalfWidth)}\"/>");
        writer.Raw("</g>\n");
    }

    /// <summary>Draws what is written on an edge.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="edge">The edge.</param>
    internal static void DrawLabels(SvgWriter writer, PlacedEdge edge)
    {
        if (edge.LoopSignAt is { } sign)
        {
            DrawSign(writer, sign);
        }

        if (edge.LabelAt is { } label)
        {
            var width = EdgeLabelPlacer.LabelWidth(edge.Edge);
            var text = SvgWriter.Escape(edge.Edge.Label);
            writer.Line($"<rect class=\"sz-plate\" x=\"{label.X - (width / 2)}\" y=\"{label.Y - (PlateHeight / 2)}\" width=\"{width}\" height=\"{PlateHeight}\" rx=\"{PlateHeight / 2}\"/>");
            writer.Line($"<text class=\"sz-order\" x=\"{label.X}\" y=\"{label.Y + 3.9}\">{text}</text>");
        }
    }

    /// <summary>Draws the sign that marks feedback.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="centre">Its centre.</param>
    internal static void DrawSign(SvgWriter writer, LayoutPoint centre)
    {
        // Drawn, not written: not every font has the circling arrow.
        var (x, y) = (centre.X, centre.Y);
        writer.Line($"<circle class=\"sz-plate sz-loop-plate\" cx=\"{x}\" cy=\"{y}\" r=\"{SignRadius}\"/>");
        writer.Line($"<path class=\"sz-sign\" d=\"M{x + 2.2} {y - 4}A4.6 4.6 0 1 1 {x - 2.8} {y - 3.7}\"/>");
        writer.Line($"<polygon class=\"sz-loop-head\" points=\"{x + 0.6},{y - 6} {x - 4.6},{y - 5.6} {x - 1.4},{y - 1.2}\"/>");
    }

    private static (double X, double Y) Heading(LayoutPoint[] points)
    {
        var (x, y) = (points[^1].X - points[^2].X, points[^1].Y - points[^2].Y);
        var length = Math.Sqrt((x * x) + (y * y));
        return length < 0.01 ? (1, 0) : (x / length, y / length);
    }

    private static LayoutPoint Back(LayoutPoint point, double dx, double dy, double distance) =>
        new(point.X - (dx * distance), point.Y - (dy * distance));

    private static string PathData(LayoutPoint[] points)
    {
        var builder = new StringBuilder("M");
        Append(builder, points[0]);
        for (var i = 1; i + 2 < points.Length; i += 3)
        {
            builder.Append('C');
            Append(builder, points[i]);
            builder.Append(' ');
            Append(builder, points[i + 1]);
            builder.Append(' ');
            Append(builder, points[i + 2]);
        }

        return builder.ToString();
    }

    private static void Append(StringBuilder builder, LayoutPoint point) =>
        builder.Append(SvgWriter.Number(point.X)).Append(' ').Append(SvgWriter.Number(point.Y));
}
