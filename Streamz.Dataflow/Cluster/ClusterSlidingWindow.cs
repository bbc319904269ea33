namespace Streamz.Dataflow;

/// <summary>The sliding window operator on a cluster.</summary>
public static class ClusterSlidingWindowOperator
{
    /// <summary>Makes lists of the last n values, which stay on the cluster.</summary>
    /// <inheritdoc cref="SlidingWindowOperator" path="/remarks"/>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="n">The length of a window; one or more.</param>
    /// <param name="returnPartial">Whether windows go on before n values have come. The default is true.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of lists, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is less than one.</exception>
    public static ClusterStream<IReadOnlyList<T>> SlidingWindow<T>(this ClusterStream<T> stream, int n, bool returnPartial = true, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Group(values => values.SlidingWindow(n, returnPartial, options));
    }
}
