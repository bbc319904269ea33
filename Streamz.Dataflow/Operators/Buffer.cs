using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The buffer operator.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> as many elements as asked for wait, besides the one at work downstream, so that upstream can go
/// on while downstream is busy. <b>Back-pressure:</b> upstream waits when the buffer is full. <b>Completion:</b> ends with its input, after
/// what it holds. <b>Faults:</b> has none of its own; a failure downstream reaches upstream at once.
/// </remarks>
public static class BufferOperator
{
    /// <summary>Lets elements wait in front of what comes next.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="n">How many elements may wait; one or more.</param>
    /// <param name="options">The name of the node. A capacity stated here counts the element at work, too.</param>
    /// <returns>The same elements.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is less than one, or the largest integer.</exception>
    public static Stream<T> Buffer<T>(this Stream<T> stream, int n, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfEqual(n, int.MaxValue);
        return stream.Then(
            new OperatorNode<T, T>("buffer", () => new PassThroughStage<T>())
            {
                Kind = NodeKind.Timing,
                Details = $"n={n}",
                IsBoundary = true,
                Capacity = n + 1,
                InputsPerOutput = 1,
            },
            options);
    }
}
