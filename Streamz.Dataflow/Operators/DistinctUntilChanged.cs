using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The operator that leaves out direct repetitions.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> the last key. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its input. <b>Faults:</b> an
/// exception of the key or the comparer fails the element, which is then not what the next one is compared with, and meets
/// the node's error policy. A repetition is delivered: the pipeline is done with it.
/// </remarks>
public static class DistinctUntilChangedOperator
{
    /// <summary>Lets an element through if it differs from the one before; the first one always.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="comparer">Tells which elements are the same. The default is null: the elements decide.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of changes.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static Stream<T> DistinctUntilChanged<T>(this Stream<T> stream, IEqualityComparer<T>? comparer = null, NodeOptions? options = null) =>
        Create(stream, static element => element, comparer, null, options);

    /// <summary>Lets an element through if its key differs from that of the one before; the first one always.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="key">The key of an element; may be null.</param>
    /// <param name="comparer">Tells which keys are the same. The default is null: the keys decide.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of changes.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="key"/> is null.</exception>
    public static Stream<T> DistinctUntilChanged<T, TKey>(
        this Stream<T> stream,
        Func<T, TKey> key,
        IEqualityComparer<TKey>? comparer = null,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(key))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        DelegateCheck.RefuseTaskResult<TKey>(key, "DistinctUntilChanged");
        return Create(stream, key, comparer, expression, options);
    }

    private static Stream<T> Create<T, TKey>(Stream<T> stream, Func<T, TKey> key, IEqualityComparer<TKey>? comparer, string? expression, NodeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(
            new OperatorNode<T, T>("distinct_until_changed", () => new ChangesStage<T, TKey>(key, comparer ?? EqualityComparer<TKey>.Default))
            {
                Kind = NodeKind.Stateful,
                Details = expression is null ? null : $"by {DelegateText.Of(expression)}",
            },
            options);
    }

    private sealed class ChangesStage<T, TKey>(Func<T, TKey> key, IEqualityComparer<TKey> comparer) : Stage<T, T>, ISnapshot
    {
        internal override bool IsForwarding => true;

        private bool _hasLast;
        private TKey _last = default!;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            var next = key(element.Value);
            if (_hasLast && comparer.Equals(_last, next))
            {
                return default;
            }

            (_hasLast, _last) = (true, next);
            return PushAsync(element);
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (_hasLast)
            {
                snapshot.Write("last", _last);
            }
        }

        public void Restore(SnapshotReader snapshot) => (_hasLast, _last) = (true, snapshot.Read<TKey>("last"));
    }
}
