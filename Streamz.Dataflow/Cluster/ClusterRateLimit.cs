namespace Streamz.Dataflow;

/// <summary>The rate limit operator on a cluster.</summary>
public static class ClusterRateLimitOperator
{
    /// <summary>Lets values pass at least a time apart; the functions that make them are not slowed down.</summary>
    /// <inheritdoc cref="RateLimitOperator" path="/remarks"/>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="interval">The time between the starts of two values; more than zero.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The same values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is not more than zero.</exception>
    public static ClusterStream<T> RateLimit<T>(this ClusterStream<T> stream, TimeSpan interval, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Pass(values => values.RateLimit(interval, options));
    }
}
