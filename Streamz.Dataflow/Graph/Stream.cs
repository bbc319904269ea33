using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>
/// The typed handle that operators are chained on. It belongs to a definition, which holds no threads and no state and can be
/// run many times. Holding it in a variable and chaining on it twice makes a branch: each branch gets every element.
/// </summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public class Stream<T> : IStream
{
    /// <summary>Makes the handle of a node.</summary>
    /// <param name="node">The node.</param>
    internal Stream(Node node) => Node = node;

    /// <summary>Makes a stream that is produced by a source of its own.</summary>
    /// <param name="node">The node of the source.</param>
    /// <exception cref="ArgumentNullException"><paramref name="node"/> is null.</exception>
    public Stream(SourceNode<T> node)
    {
        ArgumentNullException.ThrowIfNull(node);
        Node = node;
    }

    /// <inheritdoc/>
    public Node Node { get; }

    /// <summary>Puts an operator behind this stream. Operators, built in or not, are written with it.</summary>
    /// <typeparam name="TOut">The type of what the operator pushes on.</typeparam>
    /// <param name="node">The node of the operator.</param>
    /// <param name="options">What the user says of the node.</param>
    /// <returns>The stream of what the operator pushes on.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="node"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The graph is running, or the node is in use already.</exception>
    public Stream<TOut> Then<TOut>(OperatorNode<T, TOut> node, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(node);
        node.Apply(options);
        Topology.Connect(new Edge(Node, node, 0, null));
        return new Stream<TOut>(node);
    }

    /// <summary>Puts a sink behind this stream.</summary>
    /// <param name="node">The node of the sink.</param>
    /// <param name="options">What the user says of the node.</param>
    /// <returns>The handle of the sink.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="node"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The graph is running, or the node is in use already.</exception>
    public StreamSink Then(SinkNode<T> node, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(node);
        node.Apply(options);
        Topology.Connect(new Edge(Node, node, 0, null));
        return new StreamSink(node);
    }

    /// <summary>The text of the node, for example <c>map Increment</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Node.ToString();
}

/// <summary>The handle of a sink: a place to name it, to draw the graph or to start it from.</summary>
public sealed class StreamSink : IStream
{
    internal StreamSink(Node node) => Node = node;

    /// <inheritdoc/>
    public Node Node { get; }

    /// <summary>The text of the node, for example <c>sink Write</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Node.ToString();
}
