namespace Streamz.Dataflow;

/// <summary>The latest operator on a cluster.</summary>
public static class ClusterLatestOperator
{
    /// <summary>Lets a slow consumer have the newest value and skip those that it has no time for.</summary>
    /// <inheritdoc cref="LatestOperator" path="/remarks"/>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The same values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static ClusterStream<T> Latest<T>(this ClusterStream<T> stream, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Apply((values, _) => values.Latest(options));
    }
}
