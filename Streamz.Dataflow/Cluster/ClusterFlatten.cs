namespace Streamz.Dataflow;

/// <summary>The flatten operator on a cluster.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> the lists whose lengths are awaited, at most <c>maxOutstanding</c>, and as many that wait for their turn.
/// <b>Back-pressure:</b> one item at a time. <b>Completion:</b> ends with its input. <b>Faults:</b> a function that was to make the list and has failed, fails the
/// element here and meets the node's error policy.
/// </remarks>
public static class ClusterFlattenOperator
{
    /// <summary>Takes lists apart. The items stay on the cluster; only the lengths travel.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="stream">The stream of lists.</param>
    /// <param name="maxOutstanding">How many lengths are awaited at once; one or more. The default is 16.</param>
    /// <param name="options">The name, capacity and error policy of the node that asks for the lengths.</param>
    /// <returns>The stream of items, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxOutstanding"/> is less than one.</exception>
    public static ClusterStream<T> Flatten<T>(
        this ClusterStream<IReadOnlyList<T>> stream,
        int maxOutstanding = ClusterNode.DefaultMaxOutstanding,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var cluster = stream.Cluster;
        var question = new ClusterFunction<IReadOnlyList<T>, int>(options?.Name ?? "length", ClusterFunctions.LengthOf);
        return stream.Apply((values, ahead) => values
            .Then(ClusterNode.Asking("length", cluster, question, maxOutstanding, null), options)
            .Flatten(pair => Enumerable.Range(0, pair.Answer).Select(index => (pair.Value, Index: index)))
            .Then(
                ClusterNode.Submitting(
                    "item",
                    ahead,
                    static ((ClusterValue<IReadOnlyList<T>> List, int Index) item) => item.List,
                    (item, _) => cluster.Item(item.List, item.Index)),
                null));
    }
}
