using System.Globalization;

namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>An edge of a drawing with its ends resolved to positions in the node list.</summary>
/// <param name="Edge">The edge.</param>
/// <param name="Index">The position of the edge in the drawing.</param>
/// <param name="From">The position of the upstream node.</param>
/// <param name="To">The position of the downstream node.</param>
internal sealed record IndexedEdge(DrawingEdge Edge, int Index, int From, int To);

/// <summary>Adjacency of a drawing, shared by the renderers.</summary>
internal sealed class DrawingIndex
{
    private readonly List<IndexedEdge>[] _outgoing;

    /// <summary>Resolves the edges of a drawing.</summary>
    /// <param name="drawing">The drawing.</param>
    internal DrawingIndex(GraphDrawing drawing)
    {
        var positions = new Dictionary<int, int>();
        for (var i = 0; i < drawing.Nodes.Count; i++)
        {
            positions.TryAdd(drawing.Nodes[i].Id, i);
        }

        var edges = new List<IndexedEdge>();
        _outgoing = new List<IndexedEdge>[drawing.Nodes.Count];
        for (var i = 0; i < _outgoing.Length; i++)
        {
            _outgoing[i] = [];
        }

        for (var i = 0; i < drawing.Edges.Count; i++)
        {
            var edge = drawing.Edges[i];

            // A picture is a diagnostic: a half-known edge must not cost the user the rest of it.
            if (positions.TryGetValue(edge.From, out var from) && positions.TryGetValue(edge.To, out var to))
            {
                var indexed = new IndexedEdge(edge, i, from, to);
                edges.Add(indexed);
                _outgoing[from].Add(indexed);
            }
        }

        foreach (var list in _outgoing)
        {
            list.Sort(CompareByExecution);
        }

        Edges = edges;
    }

    /// <summary>The edges whose both ends are known, in drawing order.</summary>
    internal IReadOnlyList<IndexedEdge> Edges { get; }

    /// <summary>The edges leaving a node, in execution order.</summary>
    /// <param name="node">The position of the node.</param>
    /// <returns>The edges.</returns>
    internal IReadOnlyList<IndexedEdge> Outgoing(int node) => _outgoing[node];

    private static int CompareByExecution(IndexedEdge left, IndexedEdge right)
    {
        // Failures come last, as the exception that they are.
        if (left.Edge.IsDeadLetters != right.Edge.IsDeadLetters)
        {
            return left.Edge.IsDeadLetters ? 1 : -1;
        }

        var leftOrder = ExecutionOrder(left.Edge);
        var rightOrder = ExecutionOrder(right.Edge);
        var byOrder = leftOrder.CompareTo(rightOrder);
        if (byOrder == 0 && leftOrder == long.MaxValue - 1)
        {
            byOrder = string.CompareOrdinal(left.Edge.Label, right.Edge.Label);
        }

        return byOrder != 0 ? byOrder : left.Index.CompareTo(right.Index);
    }

    private static long ExecutionOrder(DrawingEdge edge)
    {
        if (string.IsNullOrWhiteSpace(edge.Label))
        {
            return long.MaxValue;
        }

        return long.TryParse(edge.Label, NumberStyles.Integer, CultureInfo.InvariantCulture, out var order)
            ? Math.Min(order, long.MaxValue - 2)
            : long.MaxValue - 1;
    }
}
