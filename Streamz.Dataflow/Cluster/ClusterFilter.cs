using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>The filter operator on a cluster.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> the values whose answers are awaited, at most <c>maxOutstanding</c>, and as many that wait for their turn.
/// <b>Back-pressure:</b> waits for the answers of the workers, and for downstream. <b>Completion:</b> ends with its input. <b>Faults:</b> an exception of the
/// predicate, or of a function that was to make the value, fails the element here and meets the node's error policy.
/// </remarks>
public static class ClusterFilterOperator
{
    /// <summary>Has a predicate run on each value, where the value is, and lets those pass that it holds for. Only the answers travel.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="predicate">Says whether a value passes; workers call it several times at once.</param>
    /// <param name="maxOutstanding">How many answers are awaited at once; one or more. The default is 16.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The values that pass, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="predicate"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxOutstanding"/> is less than one.</exception>
    public static ClusterStream<T> Filter<T>(
        this ClusterStream<T> stream,
        Func<T, bool> predicate,
        int maxOutstanding = ClusterNode.DefaultMaxOutstanding,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(predicate);
        var details = DelegateText.Of(expression);
        var question = new ClusterFunction<T, bool>(options?.Name ?? $"filter {details}", ClusterFunctions.Of(predicate));
        return stream.Apply((values, ahead) => values
            .Then(ClusterNode.Asking("filter", stream.Cluster, question, maxOutstanding, details), options)
            .Filter(static pair => pair.Answer)
            .Map(pair => ahead.For(pair.Value)));
    }
}
