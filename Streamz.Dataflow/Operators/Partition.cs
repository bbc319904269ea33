using System.Globalization;
using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The partition operator.</summary>
/// <remarks>
/// <b>Order:</b> kept within a partition; partitions go on as they fill. <b>Buffering:</b> up to <c>n</c> elements for each key that has any,
/// for at most <c>maxKeys</c> keys: at one more the oldest partition is emitted as it is. <b>Back-pressure:</b> the element that fills a
/// partition waits for downstream. <b>Completion:</b> partial partitions are emitted when the input ends, the oldest first. <b>Faults:</b> an
/// exception of the key, or a null key, fails the element and meets the node's error policy. An element is delivered with its
/// partition: without a timeout that may have to wait for more input.
/// </remarks>
public static class PartitionOperator
{
    /// <summary>Emits lists of n elements.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="n">The length of a partition; one or more.</param>
    /// <param name="timeout">
    /// The age of its first element at which a partition is emitted as it is; more than zero. The default is null: it waits until it is full.
    /// </param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of partitions.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is less than one, or <paramref name="timeout"/> is not more than zero.</exception>
    public static Stream<IReadOnlyList<T>> Partition<T>(this Stream<T> stream, int n, TimeSpan? timeout = null, NodeOptions? options = null) =>
        Create(stream, n, static _ => 0, timeout, 1, timeout is null ? n : null, null, options);

    /// <summary>Emits lists of n elements of one key.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TKey">The type of the key.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="n">The length of a partition; one or more.</param>
    /// <param name="key">The key of an element; not null.</param>
    /// <param name="timeout">
    /// The age of its first element at which a partition is emitted as it is; more than zero. The default is null: it waits until it is full.
    /// </param>
    /// <param name="maxKeys">How many keys may have a partial partition; one or more. The default is 100,000.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of partitions.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="key"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="n"/> or <paramref name="maxKeys"/> is less than one, or <paramref name="timeout"/> is not more than zero.
    /// </exception>
    public static Stream<IReadOnlyList<T>> Partition<T, TKey>(
        this Stream<T> stream,
        int n,
        Func<T, TKey> key,
        TimeSpan? timeout = null,
        int maxKeys = 100_000,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(key))] string? expression = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxKeys, 1);
        return Create(stream, n, key, timeout, maxKeys, null, expression, options);
    }

    private static Stream<IReadOnlyList<T>> Create<T, TKey>(
        Stream<T> stream,
        int n,
        Func<T, TKey> key,
        TimeSpan? timeout,
        int maxKeys,
        int? inputsPerOutput,
        string? keyText,
        NodeOptions? options)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        if (timeout is { } time)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(timeout));
        }

        var details = string.Create(CultureInfo.InvariantCulture, $"n={n}")
            + (timeout is { } age ? $" {Duration.Text(age)}" : "")
            + (keyText is null ? "" : $" by {DelegateText.Of(keyText)}");
        return stream.Then(
            new OperatorNode<T, IReadOnlyList<T>>("partition", () => new PartitionStage<T, TKey>(n, key, timeout, maxKeys))
            {
                Kind = NodeKind.Batching,
                Details = details,
                IsBoundary = timeout is not null,
                InputsPerOutput = inputsPerOutput,
            },
            options);
    }

    /// <summary>
    /// Partial partitions are kept by key, and in the order of their first elements, which with one timeout for all is also the
    /// order in which they are due. One timer serves the oldest.
    /// </summary>
    private sealed class PartitionStage<T, TKey>(int n, Func<T, TKey> key, TimeSpan? timeout, int maxKeys) : Stage<T, IReadOnlyList<T>>, ISnapshot
        where TKey : notnull
    {
        private readonly Dictionary<TKey, LinkedListNode<Partial>> _byKey = [];
        private readonly LinkedList<Partial> _byAge = new();
        private readonly SpareList<T> _spare = new();

        public override ValueTask OnElementAsync(Element<T> element)
        {
            var itsKey = key(element.Value);
            if (_byKey.TryGetValue(itsKey, out var partial))
            {
                return AddAsync(partial, element);
            }

            return _byKey.Count >= maxKeys ? MakeRoomAsync(itsKey, element) : AddAsync(Begin(itsKey), element);
        }

        public override async ValueTask OnTickAsync()
        {
            while (_byAge.First is { } oldest && TimeLeft(oldest) <= TimeSpan.Zero)
            {
                await EmitAsync(oldest).ConfigureAwait(true);
            }

            ArmForOldest();
        }

        public override async ValueTask OnFlushAsync()
        {
            while (_byAge.First is { } oldest)
            {
                await EmitAsync(oldest).ConfigureAwait(true);
            }
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (_byAge.Count > 0)
            {
                snapshot.Write("partials", _byAge.Select(each => new SavedPartial<T, TKey>(
                    each.Key,
                    timeout is null ? default : Context.TimeProvider.GetElapsedTime(each.Began),
                    [.. each.Members.Select(member => member.Value)])).ToArray());
            }
        }

        public void Restore(SnapshotReader snapshot)
        {
            foreach (var (itsKey, age, members) in snapshot.Read<SavedPartial<T, TKey>[]>("partials"))
            {
                var partial = new Partial(itsKey, Context.TimeProvider.GetTimestampBefore(age), _spare.Take());
                partial.Members.AddRange(members.Select(member => new Element<T>(member, null)));
                _byKey.Add(itsKey, _byAge.AddLast(partial));
            }

            ArmForOldest();
        }

        private async ValueTask MakeRoomAsync(TKey itsKey, Element<T> element)
        {
            await EmitAsync(_byAge.First!).ConfigureAwait(true);
            await AddAsync(Begin(itsKey), element).ConfigureAwait(true);
        }

        private LinkedListNode<Partial> Begin(TKey itsKey)
        {
            var partial = _byAge.AddLast(new Partial(itsKey, timeout is null ? 0 : Context.TimeProvider.GetTimestamp(), _spare.Take()));
            _byKey.Add(itsKey, partial);
            if (partial == _byAge.First)
            {
                ArmForOldest();
            }

            return partial;
        }

        private ValueTask AddAsync(LinkedListNode<Partial> partial, Element<T> element)
        {
            element.Context?.Hold();
            partial.Value.Members.Add(element);
            return partial.Value.Members.Count >= n ? EmitAsync(partial) : default;
        }

        private async ValueTask EmitAsync(LinkedListNode<Partial> partial)
        {
            // Gone before it is pushed on: what comes next begins a new partition with a full timeout.
            var wasOldest = partial == _byAge.First;
            _byAge.Remove(partial);
            _byKey.Remove(partial.Value.Key);
            if (wasOldest)
            {
                ArmForOldest();
            }

            await PushAsync(Batch.Of(partial.Value.Members)).ConfigureAwait(true);
            Batch.Release(partial.Value.Members);
            _spare.GiveBack(partial.Value.Members);
        }

        private void ArmForOldest()
        {
            if (timeout is null)
            {
                return;
            }

            if (_byAge.First is { } oldest)
            {
                Context.ScheduleTick(TimeLeft(oldest));
            }
            else
            {
                Context.CancelTick();
            }
        }

        private TimeSpan TimeLeft(LinkedListNode<Partial> partial) =>
            timeout!.Value - Context.TimeProvider.GetElapsedTime(partial.Value.Began);

        private sealed record Partial(TKey Key, long Began, List<Element<T>> Members);
    }

    private sealed record SavedPartial<T, TKey>(TKey Key, TimeSpan Age, T[] Members);
}
