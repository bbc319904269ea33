using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The union operator.</summary>
/// <remarks>
/// <b>Order:</b> arrival; each input keeps its own order. <b>Buffering:</b> a queue that all inputs share. <b>Back-pressure:</b> inputs wait
/// when the queue is full, and are admitted in turn. <b>Completion:</b> ends when all inputs have ended. <b>Faults:</b> has none of its own.
/// </remarks>
public static class UnionOperator
{
    /// <summary>Merges streams of one type.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The first stream.</param>
    /// <param name="others">The other streams.</param>
    /// <returns>The stream of the elements of all.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/>, <paramref name="others"/> or one of them is null.</exception>
    public static Stream<T> Union<T>(this Stream<T> stream, params Stream<T>[] others) => Union(stream, null, others);

    /// <summary>Merges streams of one type.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The first stream.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <param name="others">The other streams.</param>
    /// <returns>The stream of the elements of all.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/>, <paramref name="others"/> or one of them is null.</exception>
    public static Stream<T> Union<T>(this Stream<T> stream, NodeOptions? options, params Stream<T>[] others)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(others);
        foreach (var other in others)
        {
            ArgumentNullException.ThrowIfNull(other, nameof(others));
        }

        var union = stream.Then(new OperatorNode<T, T>("union", () => new PassThroughStage<T>()) { Kind = NodeKind.Join, IsBoundary = true }, options);
        foreach (var other in others)
        {
            other.Connect(union);
        }

        return union;
    }
}
