namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>What stands at a place in a layer.</summary>
internal enum LayerVertexKind
{
    /// <summary>A node of the drawing.</summary>
    Node,

    /// <summary>A layer that a long edge passes.</summary>
    Bend,

    /// <summary>The turn of a returning edge; counts for the order of a layer but takes no place.</summary>
    Turn,
}

/// <summary>A place in a layer.</summary>
/// <param name="kind">What stands there.</param>
/// <param name="node">The position of the node in the drawing, or -1.</param>
/// <param name="layer">The layer.</param>
/// <param name="along">The size along the flow.</param>
/// <param name="across">The size across the flow.</param>
internal sealed class LayerVertex(LayerVertexKind kind, int node, int layer, double along, double across)
{
    /// <summary>What stands there.</summary>
    internal LayerVertexKind Kind { get; } = kind;

    /// <summary>The position of the node in the drawing, or -1.</summary>
    internal int Node { get; } = node;

    /// <summary>The layer.</summary>
    internal int Layer { get; set; } = layer;

    /// <summary>The size along the flow.</summary>
    internal double Along { get; } = along;

    /// <summary>The size across the flow.</summary>
    internal double Across { get; } = across;

    /// <summary>A number unique in the graph.</summary>
    internal int Index { get; set; }

    /// <summary>The place in the layer.</summary>
    internal int Order { get; set; }

    /// <summary>The centre across the flow.</summary>
    internal double Position { get; set; }

    /// <summary>The neighbours in the layer before.</summary>
    internal List<LayerVertex> Before { get; } = [];

    /// <summary>The neighbours in the layer after, in execution order.</summary>
    internal List<LayerVertex> After { get; } = [];

    /// <summary>The distance this vertex keeps from the next one in its layer, centre to centre.</summary>
    /// <param name="next">The next vertex.</param>
    /// <returns>The distance.</returns>
    internal double Separation(LayerVertex next)
    {
        var gap = Kind == LayerVertexKind.Node && next.Kind == LayerVertexKind.Node
            ? LayoutMetrics.NodeSeparation
            : LayoutMetrics.EdgeSeparation;
        return ((Across + next.Across) / 2) + gap;
    }
}

/// <summary>The course of an edge through the layers.</summary>
/// <param name="Edge">The edge.</param>
/// <param name="From">Where it starts.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Bends">The layers it passes, from start to end.</param>
/// <param name="IsReturning">Whether it runs against the flow.</param>
internal sealed record EdgeRoute(
    IndexedEdge Edge,
    LayerVertex From,
    LayerVertex To,
    IReadOnlyList<LayerVertex> Bends,
    bool IsReturning)
{
    /// <summary>Everything that belongs to a returning edge, turns included; empty for other edges.</summary>
    internal IReadOnlyList<LayerVertex> Lane { get; init; } = [];
}
