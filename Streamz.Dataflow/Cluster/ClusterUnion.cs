namespace Streamz.Dataflow;

/// <summary>The union operator on a cluster.</summary>
public static class ClusterUnionOperator
{
    /// <summary>Merges streams whose values are on one cluster.</summary>
    /// <inheritdoc cref="UnionOperator" path="/remarks"/>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="stream">The first stream.</param>
    /// <param name="others">The other streams.</param>
    /// <returns>The stream of the values of all.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/>, <paramref name="others"/> or one of them is null.</exception>
    /// <exception cref="ArgumentException">One of the streams is on another cluster.</exception>
    public static ClusterStream<T> Union<T>(this ClusterStream<T> stream, params ClusterStream<T>[] others)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(others);
        foreach (var other in others)
        {
            ArgumentNullException.ThrowIfNull(other, nameof(others));
            stream.RequireSameCluster(other, nameof(others));
        }

        return stream.Merge(others, null);
    }
}
