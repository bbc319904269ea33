namespace Streamz.Dataflow;

/// <summary>The buffer operator on a cluster.</summary>
public static class ClusterBufferOperator
{
    /// <summary>Lets results be outstanding on the cluster, in front of what comes next.</summary>
    /// <inheritdoc cref="BufferOperator" path="/remarks"/>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="n">How many values may wait, besides the one that is being gathered; one or more.</param>
    /// <param name="options">The name of the node.</param>
    /// <returns>The same values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is less than one, or the largest integer.</exception>
    public static ClusterStream<T> Buffer<T>(this ClusterStream<T> stream, int n, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Pass(values => values.Buffer(n, options));
    }
}
