namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Draws the outlines of nodes.</summary>
internal static class SvgShapes
{
    private const double CornerRadius = 5;

    /// <summary>Draws the outline of a node.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="node">The node.</param>
    /// <param name="direction">The direction of flow, in which triangles point.</param>
    internal static void Draw(SvgWriter writer, PlacedNode node, DrawingDirection direction)
    {
        var (x, y, width, height) = (node.X, node.Y, node.Width, node.Height);
        switch (node.Node.Shape)
        {
            case NodeShape.Ellipse:
                writer.Line($"<ellipse class=\"sz-shape\" cx=\"{x + (width / 2)}\" cy=\"{y + (height / 2)}\" rx=\"{width / 2}\" ry=\"{height / 2}\"/>");
                break;
            case NodeShape.DoubleOctagon:
                const double Inner = LayoutMetrics.DoubleOutline;
                Polygon(writer, Octagon(x, y, width, height, ShapeGeometry.Chamfer(width, height)));
                Polygon(
                    writer,
                    Octagon(
                        x + Inner,
                        y + Inner,
                        width - (2 * Inner),
                        height - (2 * Inner),
                        ShapeGeometry.Chamfer(width, height) - (Inner * 0.6)));
                break;
            case NodeShape.Octagon:
                Polygon(writer, Octagon(x, y, width, height, ShapeGeometry.Chamfer(width, height)));
                break;
            case NodeShape.Diamond:
                Polygon(writer, [(x, y + (height / 2)), (x + (width / 2), y), (x + width, y + (height / 2)), (x + (width / 2), y + height)]);
                break;
            case NodeShape.Trapezium:
                var slant = ShapeGeometry.Slant(width);
                Polygon(writer, [(x + slant, y), (x + width - slant, y), (x + width, y + height), (x, y + height)]);
                break;
            case NodeShape.Triangle when direction == DrawingDirection.LeftToRight:
                Polygon(writer, [(x, y), (x + width, y + (height / 2)), (x, y + height)]);
                break;
            case NodeShape.Triangle:
                Polygon(writer, [(x, y), (x + width, y), (x + (width / 2), y + height)]);
                break;
            default:
                writer.Line($"<rect class=\"sz-shape\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{CornerRadius}\"/>");
                break;
        }
    }

    private static (double X, double Y)[] Octagon(double x, double y, double width, double height, double cut) =>
    [
        (x + cut, y), (x + width - cut, y), (x + width, y + cut), (x + width, y + height - cut),
        (x + width - cut, y + height), (x + cut, y + height), (x, y + height - cut), (x, y + cut),
    ];

    private static void Polygon(SvgWriter writer, (double X, double Y)[] corners)
    {
        var points = string.Join(' ', corners.Select(corner => $"{SvgWriter.Number(corner.X)},{SvgWriter.Number(corner.Y)}"));
        writer.Line($"<polygon class=\"sz-shape\" points=\"{points}\"/>");
    }
}
