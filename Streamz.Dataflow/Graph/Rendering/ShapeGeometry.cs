namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Where the outlines of the shapes run inside their bounding boxes.</summary>
internal static class ShapeGeometry
{
    private const double TrapeziumSlant = 14;

    /// <summary>The length of the cut corners of an octagon.</summary>
    /// <param name="width">The width of the bounding box.</param>
    /// <param name="height">The height of the bounding box.</param>
    /// <returns>The length along either side.</returns>
    internal static double Chamfer(double width, double height) => Math.Min(12, Math.Min(width, height) * 0.28);

    /// <summary>How far the short side of a trapezium is drawn in at each end.</summary>
    /// <param name="width">The width of the bounding box.</param>
    /// <returns>The distance from the bounding box.</returns>
    internal static double Slant(double width) => Math.Min(TrapeziumSlant, width * 0.2);

    /// <summary>How much of a side, measured from its middle, edges may end on.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="outgoing">Whether the side is the one edges leave from.</param>
    /// <param name="direction">The direction of flow.</param>
    /// <returns>A fraction of half the side.</returns>
    internal static double PortRange(NodeShape shape, bool outgoing, DrawingDirection direction) => shape switch
    {
        NodeShape.Ellipse => 0.6,
        NodeShape.DoubleOctagon or NodeShape.Octagon => 0.55,
        NodeShape.Diamond => 0.4,
        NodeShape.Triangle => outgoing ? 0.3 : 0.7,
        NodeShape.Trapezium => direction == DrawingDirection.LeftToRight ? 0.7 : 0.6,
        _ => 0.7,
    };

    /// <summary>The distance between the bounding box and the outline, along the flow.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="direction">The direction of flow.</param>
    /// <param name="outgoing">Whether the side is the one edges leave from.</param>
    /// <param name="along">The size of the box along the flow.</param>
    /// <param name="across">The size of the box across the flow.</param>
    /// <param name="offset">The distance from the middle of the side.</param>
    /// <returns>The distance.</returns>
    internal static double Inset(
        NodeShape shape,
        DrawingDirection direction,
        bool outgoing,
        double along,
        double across,
        double offset)
    {
        var half = across / 2;
        var distance = Math.Min(Math.Abs(offset), half);
        var part = distance / half;
        switch (shape)
        {
            case NodeShape.Ellipse:
                return along / 2 * (1 - Math.Sqrt(1 - (part * part)));
            case NodeShape.Octagon or NodeShape.DoubleOctagon:
                return Math.Max(0, distance - (half - Chamfer(along, across)));
            case NodeShape.Diamond:
                return along / 2 * part;
            case NodeShape.Triangle:
                return outgoing ? along * part : 0;
            case NodeShape.Trapezium when direction == DrawingDirection.LeftToRight:
                return Slant(along) * (half - offset) / across;
            default:
                return 0;
        }
    }
}
