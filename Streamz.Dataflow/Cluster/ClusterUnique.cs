using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>The unique operator on a cluster.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> the values whose keys are awaited, at most <c>maxOutstanding</c>, and as many that wait for their turn; the last
/// <c>maxHistory</c> keys. <b>Back-pressure:</b> waits for the keys, and for downstream. <b>Completion:</b> ends with its input. <b>Faults:</b> an exception of the key
/// delegate, or of a function that was to make the value, fails the element here and meets the node's error policy.
/// </remarks>
public static class ClusterUniqueOperator
{
    /// <summary>Lets a value through unless one of an equal key came before. Only the keys travel.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="key">The key of a value; workers call it several times at once.</param>
    /// <param name="maxHistory">How many keys are remembered; one or more. The default is 100,000.</param>
    /// <param name="comparer">Tells which keys are the same. The default is null: the keys decide.</param>
    /// <param name="maxOutstanding">How many keys are awaited at once; one or more. The default is 16.</param>
    /// <param name="options">The name, capacity and error policy of the node that asks for the keys.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of first occurrences, on the cluster.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="key"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxHistory"/> or <paramref name="maxOutstanding"/> is less than one.</exception>
    public static ClusterStream<T> Unique<T, TKey>(
        this ClusterStream<T> stream,
        Func<T, TKey> key,
        int maxHistory = 100_000,
        IEqualityComparer<TKey>? comparer = null,
        int maxOutstanding = ClusterNode.DefaultMaxOutstanding,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(key))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(key);
        DelegateCheck.RefuseTaskResult<TKey>(key, "Unique");
        var details = DelegateText.Of(expression);
        var question = new ClusterFunction<T, TKey>(options?.Name ?? $"key {details}", ClusterFunctions.Of(key));
        return stream.Apply((values, ahead) => values
            .Then(ClusterNode.Asking("key", stream.Cluster, question, maxOutstanding, details), options)
            .Unique(static pair => pair.Answer, maxHistory, comparer)
            .Map(pair => ahead.For(pair.Value)));
    }
}
