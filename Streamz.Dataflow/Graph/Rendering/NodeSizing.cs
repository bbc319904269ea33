namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>A node with its text broken and its box measured, not yet placed.</summary>
/// <param name="Width">The width of the bounding box.</param>
/// <param name="Height">The height of the bounding box.</param>
/// <param name="Lines">The text, relative to the top left corner of the box.</param>
internal sealed record SizedNode(double Width, double Height, IReadOnlyList<PlacedLine> Lines);

/// <summary>Chooses the line breaks and the size of nodes so that text stays inside the outline.</summary>
internal static class NodeSizing
{
    private const double PaddingX = 14;
    private const double PaddingY = 9;
    private const double MinimumText = 22;
    private const double BaselineShift = 4.6;

    /// <summary>Measures a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="direction">The direction of flow.</param>
    /// <param name="incoming">How many edges end on it.</param>
    /// <param name="outgoing">How many edges start from it.</param>
    /// <returns>The text and the size.</returns>
    internal static SizedNode Measure(DrawingNode node, DrawingDirection direction, int incoming, int outgoing)
    {
        var lines = BreakLines(node);
        var textWidth = lines.Count == 0 ? MinimumText : Math.Max(MinimumText, lines.Max(line => line.Width));
        var textHeight = Math.Max(1, lines.Count) * LayoutMetrics.LineHeight;
        var (width, height) = Box(node.Shape, textWidth, textHeight, direction);
        var needed = Math.Max(
            PortRoom(node.Shape, direction, incoming, outgoing: false),
            PortRoom(node.Shape, direction, outgoing, outgoing: true));
        if (direction == DrawingDirection.LeftToRight)
        {
            height = Math.Max(height, needed);
        }
        else
        {
            width = Math.Max(width, needed);
        }

        var centre = TextCentre(node.Shape, direction, width, height, textWidth, textHeight);
        var top = centre.Y - (lines.Count * LayoutMetrics.LineHeight / 2);
        var placed = new List<PlacedLine>(lines.Count);
        for (var i = 0; i < lines.Count; i++)
        {
            var baseline = top + ((i + 0.5) * LayoutMetrics.LineHeight) + BaselineShift;
            placed.Add(lines[i] with { X = centre.X, Y = baseline });
        }

        return new SizedNode(width, height, placed);
    }

    private static List<PlacedLine> BreakLines(DrawingNode node)
    {
        var lines = new List<PlacedLine>();
        foreach (var text in LabelText.Wrap(LabelText.Clean(node.Name), LayoutMetrics.MaxLineCharacters, 1))
        {
            lines.Add(Line(text, isName: true));
        }

        // Corners cost a shape with slanted sides the more the wider its text is.
        var limit = node.Shape is NodeShape.Triangle or NodeShape.Diamond
            ? LayoutMetrics.MaxLineCharacters * 3 / 4
            : LayoutMetrics.MaxLineCharacters;
        foreach (var text in LabelText.Wrap(LabelText.Clean(node.Label), limit, LayoutMetrics.MaxLabelLines))
        {
            lines.Add(Line(text, isName: false));
        }

        return lines;
    }

    private static PlacedLine Line(string text, bool isName) =>
        new(text, 0, 0, TextMeasure.Width(text, LayoutMetrics.FontSize, isName), isName);

    private static (double Width, double Height) Box(
        NodeShape shape,
        double textWidth,
        double textHeight,
        DrawingDirection direction)
    {
        var height = textHeight + (2 * PaddingY);
        switch (shape)
        {
            case NodeShape.Ellipse:
                height = textHeight + (2 * PaddingY) + 4;
                var rise = textHeight / height;
                return ((textWidth / Math.Sqrt(1 - (rise * rise))) + PaddingX, height);
            case NodeShape.Diamond:
                height = (textHeight * 1.55) + (2 * PaddingY) + 6;
                return (((textWidth + 6) / (1 - (textHeight / height))) + 4, height);
            case NodeShape.Triangle:
                return TriangleBox(textWidth, textHeight, direction);
            case NodeShape.Trapezium:
                return (textWidth + (2 * PaddingX) + 20, height);
            case NodeShape.DoubleOctagon:
                return (textWidth + (2 * PaddingX) + 6, height + 8);
            case NodeShape.Octagon:
                return (textWidth + (2 * PaddingX) + 4, height + 4);
            default:
                return (textWidth + (2 * PaddingX), height);
        }
    }

    private static (double Width, double Height) TriangleBox(double textWidth, double textHeight, DrawingDirection direction)
    {
        const double Padding = 8;
        if (direction == DrawingDirection.LeftToRight)
        {
            var height = (textHeight * 1.5) + 34;
            return ((textWidth + (2 * Padding)) / (1 - ((textHeight + 2) / height)), height);
        }

        var width = (textWidth * 1.5) + 40;
        return (width, (textHeight + Padding) / (1 - ((textWidth + 6) / width)));
    }

    private static LayoutPoint TextCentre(
        NodeShape shape,
        DrawingDirection direction,
        double width,
        double height,
        double textWidth,
        double textHeight)
    {
        if (shape != NodeShape.Triangle)
        {
            return new LayoutPoint(width / 2, height / 2);
        }

        return direction == DrawingDirection.LeftToRight
            ? new LayoutPoint((textWidth / 2) + 8, height / 2)
            : new LayoutPoint(width / 2, (textHeight / 2) + 6);
    }

    private static double PortRoom(NodeShape shape, DrawingDirection direction, int ports, bool outgoing)
    {
        // Beyond this many the ends move closer together instead, or a hub would tower over its graph.
        const int MostSpacedPorts = 12;
        var range = ShapeGeometry.PortRange(shape, outgoing, direction);
        return (Math.Min(ports, MostSpacedPorts) - 1) * LayoutMetrics.PortSpacing / range;
    }
}
