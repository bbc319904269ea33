namespace Streamz.Dataflow;

/// <summary>The zip operator on a cluster.</summary>
public static class ClusterZipOperator
{
    /// <summary>Pairs the values of streams in order. The pairs are made on the cluster.</summary>
    /// <inheritdoc cref="ZipOperator" path="/remarks"/>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream, on the same cluster.</param>
    /// <param name="maxSize">How many values a side may hold; one or more. The default is 10.</param>
    /// <param name="leftovers">What happens to values without a partner at the end. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of pairs, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="first"/> or <paramref name="second"/> is null.</exception>
    /// <exception cref="ArgumentException">The streams are on two clusters.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxSize"/> is less than one.</exception>
    public static ClusterStream<(T1 First, T2 Second)> Zip<T1, T2>(
        this ClusterStream<T1> first,
        ClusterStream<T2> second,
        int maxSize = 10,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return first.Pair(second, (one, other) => one.Zip(other, maxSize, leftovers, options));
    }

    /// <summary>Pairs the values of streams in order. The triples are made on the cluster.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <typeparam name="T3">The type of the third side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream, on the same cluster.</param>
    /// <param name="third">The third stream, on the same cluster.</param>
    /// <param name="maxSize">How many values a side may hold; one or more. The default is 10.</param>
    /// <param name="leftovers">What happens to values without a partner at the end. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of triples, on the cluster.</returns>
    /// <exception cref="ArgumentNullException">One of the streams is null.</exception>
    /// <exception cref="ArgumentException">The streams are on different clusters.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxSize"/> is less than one.</exception>
    public static ClusterStream<(T1 First, T2 Second, T3 Third)> Zip<T1, T2, T3>(
        this ClusterStream<T1> first,
        ClusterStream<T2> second,
        ClusterStream<T3> third,
        int maxSize = 10,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(third);
        return first.Triple(second, third, (one, two, three) => one.Zip(two, three, maxSize, leftovers, options));
    }
}
