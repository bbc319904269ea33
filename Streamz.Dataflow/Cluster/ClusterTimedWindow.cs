namespace Streamz.Dataflow;

/// <summary>The timed window operator on a cluster.</summary>
public static class ClusterTimedWindowOperator
{
    /// <summary>Makes lists of what came within a time; the values stay on the cluster.</summary>
    /// <inheritdoc cref="TimedWindowOperator" path="/remarks"/>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="interval">The length of a window; more than zero.</param>
    /// <param name="emitEmpty">Whether a window without values goes on. The default is false.</param>
    /// <param name="maxCount">The number of values at which a window goes on early; one or more. The default is 100,000.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of lists, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is not more than zero, or <paramref name="maxCount"/> is less than one.</exception>
    public static ClusterStream<IReadOnlyList<T>> TimedWindow<T>(this ClusterStream<T> stream, TimeSpan interval, bool emitEmpty = false, int maxCount = 100_000, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Group(values => values.TimedWindow(interval, emitEmpty, maxCount, options));
    }
}
