using System.Globalization;
using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The unique operator: first occurrences only.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> the keys seen, at most <c>maxHistory</c>; at one more, the key that was not seen for the longest time is
/// forgotten and would pass again. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its input. <b>Faults:</b> an exception
/// of the key or the comparer fails the element and meets the node's error policy. A repetition is delivered: the pipeline is
/// done with it. The history begins anew in every run. A key may be null.
/// </remarks>
public static class UniqueOperator
{
    /// <summary>Lets an element through unless an equal one came before.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="maxHistory">
    /// How many elements are remembered; one or more. A repetition counts as seen again. With 1, only direct repetitions are left out.
    /// The default is 100,000.
    /// </param>
    /// <param name="comparer">Tells which elements are the same. The default is null: the elements decide.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of first occurrences.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxHistory"/> is less than one.</exception>
    public static Stream<T> Unique<T>(this Stream<T> stream, int maxHistory = 100_000, IEqualityComparer<T>? comparer = null, NodeOptions? options = null) =>
        Create(stream, static element => element, maxHistory, comparer, null, options);

    /// <summary>Lets an element through unless one of an equal key came before.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="key">The key of an element; may be null.</param>
    /// <param name="maxHistory">
    /// How many keys are remembered; one or more. A repetition counts as seen again. With 1, only direct repetitions are left out.
    /// The default is 100,000.
    /// </param>
    /// <param name="comparer">Tells which keys are the same. The default is null: the keys decide.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of first occurrences.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="key"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxHistory"/> is less than one.</exception>
    public static Stream<T> Unique<T, TKey>(
        this Stream<T> stream,
        Func<T, TKey> key,
        int maxHistory = 100_000,
        IEqualityComparer<TKey>? comparer = null,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(key))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        DelegateCheck.RefuseTaskResult<TKey>(key, "Unique");
        return Create(stream, key, maxHistory, comparer, expression, options);
    }

    private static Stream<T> Create<T, TKey>(
        Stream<T> stream,
        Func<T, TKey> key,
        int maxHistory,
        IEqualityComparer<TKey>? comparer,
        string? expression,
        NodeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxHistory, 1);
        return stream.Then(
            new OperatorNode<T, T>("unique", () => new UniqueStage<T, TKey>(key, maxHistory, comparer))
            {
                Kind = NodeKind.Stateful,
                Details = string.Create(CultureInfo.InvariantCulture, $"maxHistory={maxHistory}") + (expression is null ? "" : $" by {DelegateText.Of(expression)}"),
            },
            options);
    }

    /// <summary>Keys by their hash, and in the order in which they were last seen.</summary>
    private sealed class UniqueStage<T, TKey>(Func<T, TKey> key, int maxHistory, IEqualityComparer<TKey>? comparer) : Stage<T, T>, ISnapshot
    {
        internal override bool IsForwarding => true;

        private readonly Dictionary<Key<TKey>, LinkedListNode<Key<TKey>>> _byKey = new(new KeyComparer<TKey>(comparer));
        private readonly LinkedList<Key<TKey>> _byAge = new();

        public override ValueTask OnElementAsync(Element<T> element)
        {
            var itsKey = new Key<TKey>(key(element.Value));
            if (_byKey.TryGetValue(itsKey, out var seen))
            {
                _byAge.Remove(seen);
                _byAge.AddLast(seen);
                return default;
            }

            while (_byKey.Count >= maxHistory)
            {
                _byKey.Remove(_byAge.First!.Value);
                _byAge.RemoveFirst();
            }

            _byKey.Add(itsKey, _byAge.AddLast(itsKey));
            return PushAsync(element);
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (_byAge.Count > 0)
            {
                snapshot.Write("keys", _byAge.Select(seen => seen.Value).ToArray());
            }
        }

        public void Restore(SnapshotReader snapshot)
        {
            foreach (var seen in snapshot.Read<TKey[]>("keys"))
            {
                _byKey.Add(new Key<TKey>(seen), _byAge.AddLast(new Key<TKey>(seen)));
            }
        }
    }
}

/// <summary>A key that may be null, which a dictionary of the bare keys would refuse.</summary>
internal readonly record struct Key<TKey>(TKey Value);

/// <summary>Compares keys as a user said, and leaves nulls out of it.</summary>
internal sealed class KeyComparer<TKey>(IEqualityComparer<TKey>? comparer) : IEqualityComparer<Key<TKey>>
{
    private readonly IEqualityComparer<TKey> _comparer = comparer ?? EqualityComparer<TKey>.Default;

    public bool Equals(Key<TKey> x, Key<TKey> y) => x.Value is null || y.Value is null ? x.Value is null && y.Value is null : _comparer.Equals(x.Value, y.Value);

    public int GetHashCode(Key<TKey> obj) => obj.Value is null ? 0 : _comparer.GetHashCode(obj.Value);
}
