namespace Streamz.Dataflow;

/// <summary>The partition operator on a cluster.</summary>
public static class ClusterPartitionOperator
{
    /// <summary>Makes lists of n values, which stay on the cluster.</summary>
    /// <inheritdoc cref="PartitionOperator" path="/remarks"/>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="n">The length of a list; one or more.</param>
    /// <param name="timeout">The age of its first value at which a list goes on as it is; more than zero. The default is null: it waits until it is full.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of lists, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is less than one, or <paramref name="timeout"/> is not more than zero.</exception>
    public static ClusterStream<IReadOnlyList<T>> Partition<T>(this ClusterStream<T> stream, int n, TimeSpan? timeout = null, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Group(values => values.Partition(n, timeout, options));
    }
}
