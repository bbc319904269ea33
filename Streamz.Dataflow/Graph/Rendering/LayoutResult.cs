namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>A point in the picture; y grows downwards.</summary>
/// <param name="X">The horizontal position.</param>
/// <param name="Y">The vertical position.</param>
internal readonly record struct LayoutPoint(double X, double Y);

/// <summary>A line of text of a node.</summary>
/// <param name="Text">The text, possibly shortened.</param>
/// <param name="X">The horizontal centre of the text.</param>
/// <param name="Y">The base line of the text.</param>
/// <param name="Width">The most the text is expected to take.</param>
/// <param name="IsName">Whether this is the name the user gave.</param>
internal sealed record PlacedLine(string Text, double X, double Y, double Width, bool IsName);

/// <summary>A node with its place.</summary>
/// <param name="Node">The node.</param>
/// <param name="X">The left edge of the bounding box.</param>
/// <param name="Y">The top edge of the bounding box.</param>
/// <param name="Width">The width of the bounding box.</param>
/// <param name="Height">The height of the bounding box.</param>
/// <param name="Lines">The text inside.</param>
internal sealed record PlacedNode(
    DrawingNode Node,
    double X,
    double Y,
    double Width,
    double Height,
    IReadOnlyList<PlacedLine> Lines);

/// <summary>An edge with its course.</summary>
/// <param name="Edge">The edge.</param>
/// <param name="Points">
/// The start followed by three points for each cubic Bézier segment: two controls and an end. Joined by straight lines
/// instead, the same points still keep clear of every other node.
/// </param>
/// <param name="LabelAt">The centre of the label, or <see langword="null"/> when the edge has none.</param>
/// <param name="LoopSignAt">The centre of the sign that marks feedback, or <see langword="null"/> on other edges.</param>
internal sealed record PlacedEdge(
    DrawingEdge Edge,
    IReadOnlyList<LayoutPoint> Points,
    LayoutPoint? LabelAt = null,
    LayoutPoint? LoopSignAt = null);

/// <summary>A drawing with every part placed.</summary>
/// <param name="Width">The width of the picture.</param>
/// <param name="Height">The height of the picture.</param>
/// <param name="Nodes">The nodes, in drawing order.</param>
/// <param name="Edges">The edges, in drawing order.</param>
internal sealed record LayoutResult(
    double Width,
    double Height,
    IReadOnlyList<PlacedNode> Nodes,
    IReadOnlyList<PlacedEdge> Edges);
