using System.Globalization;
using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>Which of several elements of one key is kept.</summary>
public enum KeptDuplicate
{
    /// <summary>The one that came first; later ones are left out. The default.</summary>
    First,

    /// <summary>The one that came last, at the position in which it came; earlier ones are left out.</summary>
    Last,
}

/// <summary>The unique partition operator.</summary>
/// <remarks>
/// <b>Order:</b> that of the elements that are kept. <b>Buffering:</b> up to <c>n</c> elements. <b>Back-pressure:</b> the element that fills a partition
/// waits for downstream. <b>Completion:</b> a partial partition is emitted when the input ends. <b>Faults:</b> an exception of the key or the
/// comparer fails the element and meets the node's error policy. An element is delivered with its partition, which without a
/// timeout may have to wait for more input; one that is left out for another of its key is delivered at that moment.
/// </remarks>
public static class PartitionUniqueOperator
{
    /// <summary>Emits lists of n elements of which no two are equal.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="n">The length of a partition; one or more.</param>
    /// <param name="keep">Which of equal elements is kept. The default is <see cref="KeptDuplicate.First"/>.</param>
    /// <param name="timeout">
    /// The age at which a partition is emitted as it is, counted from the element that began it, even if that was replaced; more than
    /// zero. The default is null: it waits until it is full.
    /// </param>
    /// <param name="comparer">Tells which elements are the same. The default is null: the elements decide.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of partitions.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="n"/> is less than one, <paramref name="timeout"/> is not more than zero, or <paramref name="keep"/> is unknown.
    /// </exception>
    public static Stream<IReadOnlyList<T>> PartitionUnique<T>(
        this Stream<T> stream,
        int n,
        KeptDuplicate keep = KeptDuplicate.First,
        TimeSpan? timeout = null,
        IEqualityComparer<T>? comparer = null,
        NodeOptions? options = null) =>
        Create(stream, n, static element => element, keep, timeout, comparer, null, options);

    /// <summary>Emits lists of n elements of which no two have equal keys.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="n">The length of a partition; one or more.</param>
    /// <param name="key">The key of an element; may be null.</param>
    /// <param name="keep">Which of the elements of one key is kept. The default is <see cref="KeptDuplicate.First"/>.</param>
    /// <param name="timeout">
    /// The age at which a partition is emitted as it is, counted from the element that began it, even if that was replaced; more than
    /// zero. The default is null: it waits until it is full.
    /// </param>
    /// <param name="comparer">Tells which keys are the same. The default is null: the keys decide.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of partitions.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="key"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="n"/> is less than one, <paramref name="timeout"/> is not more than zero, or <paramref name="keep"/> is unknown.
    /// </exception>
    public static Stream<IReadOnlyList<T>> PartitionUnique<T, TKey>(
        this Stream<T> stream,
        int n,
        Func<T, TKey> key,
        KeptDuplicate keep = KeptDuplicate.First,
        TimeSpan? timeout = null,
        IEqualityComparer<TKey>? comparer = null,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(key))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        DelegateCheck.RefuseTaskResult<TKey>(key, "PartitionUnique");
        return Create(stream, n, key, keep, timeout, comparer, expression, options);
    }

    private static Stream<IReadOnlyList<T>> Create<T, TKey>(
        Stream<T> stream,
        int n,
        Func<T, TKey> key,
        KeptDuplicate keep,
        TimeSpan? timeout,
        IEqualityComparer<TKey>? comparer,
        string? expression,
        NodeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        if (keep is not (KeptDuplicate.First or KeptDuplicate.Last))
        {
            throw new ArgumentOutOfRangeException(nameof(keep), keep, "Keep the first or the last.");
        }

        if (timeout is { } time)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(timeout));
        }

        var details = string.Create(CultureInfo.InvariantCulture, $"n={n}")
            + (keep == KeptDuplicate.Last ? " last" : "")
            + (timeout is { } age ? $" {Duration.Text(age)}" : "")
            + (expression is null ? "" : $" by {DelegateText.Of(expression)}");
        return stream.Then(
            new OperatorNode<T, IReadOnlyList<T>>("partition_unique", () => new PartitionUniqueStage<T, TKey>(n, key, keep, timeout, comparer))
            {
                Kind = NodeKind.Batching,
                Details = details,
                IsBoundary = timeout is not null,
                InputsPerOutput = timeout is null ? n : null,
            },
            options);
    }

    private sealed class PartitionUniqueStage<T, TKey>(int n, Func<T, TKey> key, KeptDuplicate keep, TimeSpan? timeout, IEqualityComparer<TKey>? comparer)
        : Stage<T, IReadOnlyList<T>>, ISnapshot
    {
        private readonly Dictionary<Key<TKey>, LinkedListNode<Element<T>>> _byKey = new(new KeyComparer<TKey>(comparer));
        private readonly LinkedList<Element<T>> _kept = new();
        private long _began;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            var itsKey = new Key<TKey>(key(element.Value));
            if (!_byKey.TryGetValue(itsKey, out var kept))
            {
                return AddAsync(itsKey, element);
            }

            if (keep == KeptDuplicate.Last)
            {
                element.Context?.Hold();
                kept.Value.Context?.Release();
                _kept.Remove(kept);
                kept.Value = element;
                _kept.AddLast(kept);
            }

            return default;
        }

        public override ValueTask OnTickAsync()
        {
            if (_kept.Count == 0)
            {
                return default;
            }

            var left = timeout!.Value - Context.TimeProvider.GetElapsedTime(_began);
            if (left <= TimeSpan.Zero)
            {
                return EmitAsync();
            }

            Context.ScheduleTick(left);
            return default;
        }

        public override ValueTask OnFlushAsync() => _kept.Count > 0 ? EmitAsync() : default;

        public void Save(SnapshotWriter snapshot)
        {
            if (_kept.Count > 0)
            {
                snapshot.WriteElements("kept", _kept);
                snapshot.Write("age", timeout is null ? default : Context.TimeProvider.GetElapsedTime(_began));
            }
        }

        public void Restore(SnapshotReader snapshot)
        {
            foreach (var element in snapshot.ReadElements<T>("kept"))
            {
                _byKey.Add(new Key<TKey>(key(element.Value)), _kept.AddLast(element));
            }

            if (timeout is { } age)
            {
                _began = Context.ScheduleTickAtAge(age, snapshot.Read<TimeSpan>("age"));
            }
        }

        private ValueTask AddAsync(Key<TKey> itsKey, Element<T> element)
        {
            element.Context?.Hold();
            _byKey.Add(itsKey, _kept.AddLast(element));
            if (_kept.Count >= n)
            {
                return EmitAsync();
            }

            if (_kept.Count == 1 && timeout is { } age)
            {
                _began = Context.TimeProvider.GetTimestamp();
                Context.ScheduleTick(age);
            }

            return default;
        }

        private async ValueTask EmitAsync()
        {
            // Gone before it is pushed on: what comes next begins a new partition with a full timeout.
            List<Element<T>> members = [.. _kept];
            _byKey.Clear();
            _kept.Clear();
            Context.CancelTick();
            await PushAsync(Batch.Of(members)).ConfigureAwait(true);
            Batch.Release(members);
        }
    }
}
