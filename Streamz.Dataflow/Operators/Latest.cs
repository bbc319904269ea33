using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The latest operator.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> one element waits besides the one at work downstream; the next one replaces it. <b>Back-pressure:</b>
/// upstream never waits. <b>Completion:</b> ends with its input, after the newest element has arrived. <b>Faults:</b> has none of its own.
/// An element that was replaced is dropped and counted.
/// </remarks>
public static class LatestOperator
{
    /// <summary>
    /// Lets a slow consumer have the newest element and skip those that it has no time for. The newest element always arrives,
    /// however slow the consumer is and whether or not another one follows; a consumer that keeps up gets every element.
    /// </summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="options">The name of the node. A capacity is refused: <see cref="BufferOperator.Buffer"/> is for more than one.</param>
    /// <returns>The elements that the consumer had time for.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentException">A capacity is stated.</exception>
    public static Stream<T> Latest<T>(this Stream<T> stream, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (options?.Capacity is { } capacity)
        {
            throw new ArgumentException(
                $"'{options.Name ?? "latest"}' keeps one element, the newest, and cannot have a capacity of {capacity}. Leave it out, or use Buffer, which makes upstream wait instead of dropping.",
                nameof(options));
        }

        return stream.Then(
            new OperatorNode<T, T>("latest", () => new PassThroughStage<T>())
            {
                Kind = NodeKind.Timing,
                IsBoundary = true,
                KeepsNewest = true,
                Capacity = 2,
                InputsPerOutput = 1,
            },
            options);
    }
}
