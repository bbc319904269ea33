namespace Streamz.Dataflow;

/// <summary>The combine latest operator on a cluster.</summary>
public static class ClusterCombineLatestOperator
{
    /// <summary>Brings the newest values of streams together, whenever one of them changes. The pairs are made on the cluster.</summary>
    /// <inheritdoc cref="CombineLatestOperator" path="/remarks"/>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream, on the same cluster.</param>
    /// <param name="emitOn">The streams whose values make an output; those of the others are only remembered. The default is null: all.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of pairs, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="first"/> or <paramref name="second"/> is null.</exception>
    /// <exception cref="ArgumentException">The streams are on two clusters.</exception>
    public static ClusterStream<(T1 First, T2 Second)> CombineLatest<T1, T2>(
        this ClusterStream<T1> first,
        ClusterStream<T2> second,
        IReadOnlyList<IStream>? emitOn = null,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return first.Pair(second, (one, other) => one.CombineLatest(other, emitOn, options));
    }

    /// <summary>Brings the newest values of streams together, whenever one of them changes. The triples are made on the cluster.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <typeparam name="T3">The type of the third side.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream, on the same cluster.</param>
    /// <param name="third">The third stream, on the same cluster.</param>
    /// <param name="emitOn">The streams whose values make an output; those of the others are only remembered. The default is null: all.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of triples, on the cluster.</returns>
    /// <exception cref="ArgumentNullException">One of the streams is null.</exception>
    /// <exception cref="ArgumentException">The streams are on different clusters.</exception>
    public static ClusterStream<(T1 First, T2 Second, T3 Third)> CombineLatest<T1, T2, T3>(
        this ClusterStream<T1> first,
        ClusterStream<T2> second,
        ClusterStream<T3> third,
        IReadOnlyList<IStream>? emitOn = null,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(third);
        return first.Triple(second, third, (one, two, three) => one.CombineLatest(two, three, emitOn, options));
    }
}
