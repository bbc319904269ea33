using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Tests.Graph.Rendering;

/// <summary>Writes drawings down shortly.</summary>
internal sealed class DrawingBuilder(string? title)
{
    private readonly List<DrawingNode> _nodes = [];
    private readonly List<DrawingEdge> _edges = [];
    private DrawingDirection _direction = DrawingDirection.LeftToRight;

    /// <summary>Adds a node.</summary>
    internal DrawingBuilder Node(int id, string label, string? name = null, NodeShape shape = NodeShape.Ellipse)
    {
        _nodes.Add(new DrawingNode(id, label, name, shape));
        return this;
    }

    /// <summary>Adds an edge.</summary>
    internal DrawingBuilder Edge(int from, int to, string? label = null)
    {
        _edges.Add(new DrawingEdge(from, to, label, IsFeedback: false));
        return this;
    }

    /// <summary>Adds edges from each node to the next.</summary>
    internal DrawingBuilder Path(params int[] nodes)
    {
        for (var i = 1; i < nodes.Length; i++)
        {
            Edge(nodes[i - 1], nodes[i]);
        }

        return this;
    }

    /// <summary>Adds an edge that closes a loop.</summary>
    internal DrawingBuilder Feedback(int from, int to)
    {
        _edges.Add(new DrawingEdge(from, to, null, IsFeedback: true));
        return this;
    }

    /// <summary>Sets the direction of flow.</summary>
    internal DrawingBuilder Direction(DrawingDirection direction)
    {
        _direction = direction;
        return this;
    }

    /// <summary>Gives the drawing.</summary>
    internal GraphDrawing Build() => new(title, _nodes, _edges, _direction);
}
