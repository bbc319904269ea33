using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>Names nodes, and connects and disconnects streams, before a graph runs.</summary>
public static class GraphEditing
{
    /// <summary>Names the last node of the chain, for drawings, errors and metrics.</summary>
    /// <typeparam name="TStream">The type of the handle.</typeparam>
    /// <param name="stream">The handle.</param>
    /// <param name="name">The name; unique in its graph.</param>
    /// <returns>The same handle.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null, empty or blank.</exception>
    public static TStream Named<TStream>(this TStream stream, string name)
        where TStream : class, IStream
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        stream.Node.Name = name;
        return stream;
    }

    /// <summary>
    /// Says what the last node of the chain does on a failure, as <see cref="NodeOptions.OnError"/> does; for a source that produces its elements itself this is
    /// the way to say it.
    /// </summary>
    /// <remarks>
    /// A source fails as a whole: a retry starts it again, with its own attempts again as soon as it has emitted an element; skip and a dead letter, which
    /// has no element then, end the source and leave the pipeline to go on without it. The policy of the pipeline is not meant for sources: without one
    /// of its own, a source that fails stops the pipeline.
    /// </remarks>
    /// <typeparam name="TStream">The type of the handle.</typeparam>
    /// <param name="stream">The handle.</param>
    /// <param name="policy">The policy.</param>
    /// <returns>The same handle.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="policy"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// The node is a source that users emit into, a dead-letter queue, or one that cannot go on where it has failed and is to be retried.
    /// </exception>
    /// <exception cref="InvalidOperationException">The graph is running.</exception>
    public static TStream OnError<TStream>(this TStream stream, ErrorPolicy policy)
        where TStream : class, IStream
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(policy);
        if (FindObjection(stream.Node, policy) is { } objection)
        {
            throw new ArgumentException(objection, nameof(policy));
        }

        Topology.SetPolicy(stream.Node, policy);
        return stream;
    }

    /// <summary>Why a node cannot have a policy, with the cure; null if it can.</summary>
    internal static string? FindObjection(Node node, ErrorPolicy policy) =>
        node is DeadLetterNode || (node.Kind == NodeKind.Source && node.InputTypes.Count > 0)
            ? $"'{node}' only hands on what it is given, and never fails. State the policy '{policy}' where the work is done."
            : node.Kind == NodeKind.Source && policy.HasRetry && !node.CanRestart
            ? $"'{node}' cannot go on where it has failed: started again, it would begin anew or find nothing. Leave the retry out of '{policy}', or retry in what it reads from."
            : null;

    /// <summary>
    /// Feeds this stream into the input of another node as well; several streams into one input are merged in arrival order. A join of
    /// one element type (<c>ZipAll</c>, <c>CombineLatestAll</c>, <c>MergePrioritized</c>) gets it as a further side, behind the others.
    /// </summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="downstream">A handle whose node has one input, or sides, of type <typeparamref name="T"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="downstream"/> is null.</exception>
    /// <exception cref="ArgumentException">The node of <paramref name="downstream"/> has no input of type <typeparamref name="T"/>.</exception>
    /// <exception cref="InvalidOperationException">One of the graphs is running.</exception>
    public static void Connect<T>(this Stream<T> stream, IStream downstream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(downstream);
        Topology.Connect(new Edge(stream.Node, AcceptingNode<T>(stream, downstream), 0, null));
    }

    /// <summary>Removes the connection from this stream to another node. A join of one element type goes on with its other sides.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="downstream">A handle whose node is connected to the stream.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="downstream"/> is null.</exception>
    /// <exception cref="ArgumentException">The two are not connected.</exception>
    /// <exception cref="InvalidOperationException">The graph is running, or the node needs the connection.</exception>
    public static void Disconnect<T>(this Stream<T> stream, IStream downstream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(downstream);
        if (!Topology.Disconnect(stream.Node, downstream.Node))
        {
            throw new ArgumentException($"'{stream.Node}' is not connected to '{downstream.Node}'; there is nothing to disconnect.", nameof(downstream));
        }
    }

    /// <summary>Removes a node, with what is behind it, from all its upstreams.</summary>
    /// <param name="stream">The handle.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The graph is running.</exception>
    public static void Detach(this IStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Topology.Disconnect(stream.Node);
    }

    /// <summary>
    /// Closes a loop: feeds this stream back into a node upstream. The loop ends by itself when its outer inputs have ended
    /// and nothing is moving in it.
    /// </summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="target">A handle whose node has one input, of type <typeparamref name="T"/>.</param>
    /// <param name="capacity">
    /// How many elements may be on the edge, waiting and at work; one or more. An element that came round keeps its place until what is
    /// made of it has gone on, so that whatever goes round more than once needs two at least.
    /// </param>
    /// <param name="whenFull">What happens to one more. The default is <see cref="FeedbackFullMode.Fault"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="target"/> is null.</exception>
    /// <exception cref="ArgumentException">The node of <paramref name="target"/> has no input of type <typeparamref name="T"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than one.</exception>
    /// <exception cref="InvalidOperationException">One of the graphs is running.</exception>
    public static void Feedback<T>(this Stream<T> stream, IStream target, int capacity, FeedbackFullMode whenFull = FeedbackFullMode.Fault)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (target.Node.HasVariableInputs)
        {
            throw new ArgumentException($"'{target.Node}' joins its sides, so a loop cannot be closed there. Lead the feedback to a Union in front of one of them.", nameof(target));
        }

        Topology.Connect(new Edge(stream.Node, AcceptingNode<T>(stream, target), 0, new FeedbackOptions(capacity, whenFull)));
    }

    private static Node AcceptingNode<T>(Stream<T> stream, IStream downstream)
    {
        var node = downstream.Node;
        return node.InputTypes switch
        {
            [var type, ..] when type == typeof(T) && (node.HasVariableInputs || node.InputTypes.Count == 1) => node,
            [var type, ..] when node.HasVariableInputs || node.InputTypes.Count == 1 => throw new ArgumentException(
                $"'{node}' takes {TypeName.Of(type)}, but '{stream.Node}' gives {TypeName.Of(typeof(T))}. Put a Map between them.", nameof(downstream)),
            [] => throw new ArgumentException(
                $"'{node}' produces its elements itself and has no input. Connect to a StreamSource or a Union instead.", nameof(downstream)),
            _ => throw new ArgumentException(
                $"'{node}' has {node.InputTypes.Count} inputs, fixed where it was made. Connect to a Union in front of one of them instead.", nameof(downstream)),
        };
    }
}
