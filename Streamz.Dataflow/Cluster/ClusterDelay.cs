namespace Streamz.Dataflow;

/// <summary>The delay operator on a cluster.</summary>
public static class ClusterDelayOperator
{
    /// <summary>Shifts values in time; the functions that make them are not held up.</summary>
    /// <inheritdoc cref="DelayOperator" path="/remarks"/>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="time">How long a value is held; more than zero.</param>
    /// <param name="maxCount">How many values may be held at once; one or more. The default is 10,000.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The same values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> is not more than zero, or <paramref name="maxCount"/> is less than one.</exception>
    public static ClusterStream<T> Delay<T>(this ClusterStream<T> stream, TimeSpan time, int maxCount = 10_000, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Pass(values => values.Delay(time, maxCount, options));
    }
}
