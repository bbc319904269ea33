namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>The outline a node is drawn with; it tells the kind of the node.</summary>
internal enum NodeShape
{
    /// <summary>An ordinary transformation.</summary>
    Ellipse,

    /// <summary>A source.</summary>
    DoubleOctagon,

    /// <summary>A sink.</summary>
    Trapezium,

    /// <summary>An accumulation, a node that keeps state.</summary>
    Box,

    /// <summary>A node that acts on time.</summary>
    Octagon,

    /// <summary>A node that gathers elements into batches.</summary>
    Diamond,

    /// <summary>A node that joins several streams.</summary>
    Triangle,
}

/// <summary>The direction in which elements flow through the picture.</summary>
internal enum DrawingDirection
{
    /// <summary>Sources on the left.</summary>
    LeftToRight,

    /// <summary>Sources at the top.</summary>
    TopToBottom,
}

/// <summary>A node to draw.</summary>
/// <param name="Id">The identity edges refer to.</param>
/// <param name="Label">What the node does, such as <c>partition n=100</c>.</param>
/// <param name="Name">The name the user gave, or <see langword="null"/>.</param>
/// <param name="Shape">The outline.</param>
internal sealed record DrawingNode(int Id, string Label, string? Name, NodeShape Shape);

/// <summary>An edge to draw.</summary>
/// <param name="From">The upstream node.</param>
/// <param name="To">The downstream node.</param>
/// <param name="Label">The execution order on the edges of a branch, or <see langword="null"/>.</param>
/// <param name="IsFeedback">Whether the edge closes a loop.</param>
/// <param name="IsDeadLetters">Whether only failed elements take the edge.</param>
internal sealed record DrawingEdge(int From, int To, string? Label, bool IsFeedback, bool IsDeadLetters = false);

/// <summary>Everything a renderer needs to know about a graph.</summary>
/// <param name="Title">The title, or <see langword="null"/>.</param>
/// <param name="Nodes">The nodes, in the order they were created.</param>
/// <param name="Edges">The edges; those whose ends are not among the nodes are not drawn.</param>
/// <param name="Direction">The direction of flow.</param>
internal sealed record GraphDrawing(
    string? Title,
    IReadOnlyList<DrawingNode> Nodes,
    IReadOnlyList<DrawingEdge> Edges,
    DrawingDirection Direction);
