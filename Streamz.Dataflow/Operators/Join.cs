using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The join operator: pairs the elements of two streams that have the same key and arrive within a time of one another.</summary>
/// <remarks>
/// <b>Order:</b> a pair is emitted when its later element arrives; the partners of one element come in the order in which they arrived.
/// <b>Buffering:</b> each element is held for the time after its arrival, as long as the other side may bring a partner; at most <c>maxHeld</c> for
/// each side. <b>Back-pressure:</b> a side that holds as many lets its upstream wait until the time of its oldest element is over; what waits there has
/// not arrived yet. <b>Completion:</b> ends when a side has ended and the time of its last element is over, or when both have ended. <b>Faults:</b> an exception of a key selector fails the element and meets the
/// node's error policy. An element is delivered when its time is over and its pairs are; one that found no partner is dropped and counted.
/// </remarks>
public static class JoinOperator
{
    /// <summary>Pairs each element with every element of the other stream that has an equal key and arrives at most a time before or after it.</summary>
    /// <typeparam name="T1">The type of the first side.</typeparam>
    /// <typeparam name="T2">The type of the second side.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="first">The first stream.</param>
    /// <param name="second">The second stream.</param>
    /// <param name="firstKey">Gives the key of an element of the first stream.</param>
    /// <param name="secondKey">Gives the key of an element of the second stream.</param>
    /// <param name="within">How far apart the arrivals of a pair may be; more than zero.</param>
    /// <param name="maxHeld">How many elements a side may hold; one or more. The default is 10,000.</param>
    /// <param name="comparer">Compares the keys. The default is null: as their type does.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of pairs.</returns>
    /// <exception cref="ArgumentNullException">One of the streams or key selectors is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="within"/> is not more than zero, or <paramref name="maxHeld"/> is less than one.</exception>
    public static Stream<(T1 First, T2 Second)> Join<T1, T2, TKey>(
        this Stream<T1> first,
        Stream<T2> second,
        Func<T1, TKey> firstKey,
        Func<T2, TKey> secondKey,
        TimeSpan within,
        int maxHeld = 10_000,
        IEqualityComparer<TKey>? comparer = null,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(firstKey))] string? expression = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(firstKey);
        ArgumentNullException.ThrowIfNull(secondKey);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(within, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxHeld, 1);
        DelegateCheck.RefuseTaskResult<TKey>(firstKey, "Join");
        var node = new JoinNode<(T1 First, T2 Second)>("join", [typeof(T1), typeof(T2)], () => new KeyedJoinStage<T1, T2, TKey>(firstKey, secondKey, within, comparer))
        {
            Details = $"{Duration.Text(within)} by {DelegateText.Of(expression)}",
            Capacity = maxHeld,
            NotesArrivals = true,
        };
        return node.Join(options, first, second);
    }

    private sealed class KeyedJoinStage<T1, T2, TKey> : JoinStage<(T1 First, T2 Second)>, ISnapshot
        where TKey : notnull
    {
        private static readonly TimeSpan s_longestTick = TimeSpan.FromDays(1);

        private readonly TimeSpan _within;
        private readonly Func<ValueTask> _letGoOfOld;
        private readonly Side<T1> _first;
        private readonly Side<T2> _second;
        private bool _isArmed;

        public KeyedJoinStage(Func<T1, TKey> firstKey, Func<T2, TKey> secondKey, TimeSpan within, IEqualityComparer<TKey>? comparer)
        {
            _within = within;
            _letGoOfOld = LetGoOfOldAsync;
            _first = new Side<T1>(this, 0, firstKey, comparer);
            _second = new Side<T2>(this, 1, secondKey, comparer);
            AddInput<T1>(element => OnElementAsync(_first, _second, element, static (mine, other) => (mine, other)));
            AddInput<T2>(element => OnElementAsync(_second, _first, element, static (mine, other) => (other, mine)));
        }

        public override ValueTask OnTickAsync()
        {
            // What has arrived in time, but was not received yet, still finds its partner.
            _isArmed = false;
            Context.WhenCaughtUp(_letGoOfOld);
            return default;
        }

        public override ValueTask OnInputEndedAsync(int input)
        {
            if (input == 0)
            {
                _first.HasEnded = true;
                _second.LetGoOfAll();
            }
            else
            {
                _second.HasEnded = true;
                _first.LetGoOfAll();
            }

            ArmForOldest();
            CompleteIfExhausted();
            return default;
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (!_first.IsEmpty || !_second.IsEmpty)
            {
                _first.Save(snapshot, "first");
                _second.Save(snapshot, "second");
            }
        }

        public void Restore(SnapshotReader snapshot)
        {
            _first.Restore(snapshot, "first");
            _second.Restore(snapshot, "second");
            ArmForOldest();
        }

        private async ValueTask OnElementAsync<TMine, TOther>(
            Side<TMine> mine, Side<TOther> other, Element<TMine> element, Func<TMine, TOther, (T1 First, T2 Second)> pair)
        {
            var key = mine.KeyOf(element.Value);
            var arrived = Context.ArrivedAt;
            LetGoOfOld(arrived);
            var held = new Held<TMine>(element, key, arrived);
            foreach (var partner in other.Find(key))
            {
                held.IsPaired = partner.IsPaired = true;
                await PushAsync(new Element<(T1 First, T2 Second)>(
                    pair(element.Value, partner.Element.Value),
                    ElementContext.Merge(element.Context, partner.Element.Context))).ConfigureAwait(true);
            }

            if (other.HasEnded)
            {
                if (!held.IsPaired)
                {
                    Context.Drop(element.Context);
                }

                CompleteIfExhausted();
                return;
            }

            element.Context?.Hold();
            Context.KeepPlace(mine.Input);
            mine.Add(held);
            ArmForOldest();
        }

        private ValueTask LetGoOfOldAsync()
        {
            LetGoOfOld(Context.TimeProvider.GetTimestamp());
            CompleteIfExhausted();
            return default;
        }

        private void LetGoOfOld(long now)
        {
            _first.LetGoOfOld(now);
            _second.LetGoOfOld(now);
            ArmForOldest();
        }

        /// <summary>Nothing can be paired any more once a side has ended and holds nothing.</summary>
        private void CompleteIfExhausted()
        {
            if (_first is { HasEnded: true, IsEmpty: true } || _second is { HasEnded: true, IsEmpty: true })
            {
                Context.Complete();
            }
        }

        private void ArmForOldest()
        {
            if (_first.IsEmpty && _second.IsEmpty)
            {
                Context.CancelTick();
                _isArmed = false;
                return;
            }

            if (!_isArmed)
            {
                // More than what is left: what arrives at the last moment still finds its partner. By whole milliseconds, since timers round down.
                var left = Math.Clamp(Math.Min(_first.MillisecondsLeft, _second.MillisecondsLeft), 0, s_longestTick.TotalMilliseconds);
                Context.ScheduleTick(TimeSpan.FromMilliseconds(Math.Floor(left) + 1));
                _isArmed = true;
            }
        }

        private sealed class Held<T>(Element<T> element, TKey key, long arrived)
        {
            public Element<T> Element { get; } = element;

            public TKey Key { get; } = key;

            public long Arrived { get; } = arrived;

            public bool IsPaired { get; set; }
        }

        /// <summary>What is held of one input, in order of arrival: all together, and for each key.</summary>
        private sealed class Side<T>(KeyedJoinStage<T1, T2, TKey> stage, int input, Func<T, TKey> key, IEqualityComparer<TKey>? comparer)
        {
            private static readonly Queue<Held<T>> s_none = new(0);

            private readonly Queue<Held<T>> _all = new();
            private readonly Dictionary<TKey, Queue<Held<T>>> _byKey = new(comparer);

            public int Input => input;

            public bool HasEnded { get; set; }

            public bool IsEmpty => _all.Count == 0;

            public double MillisecondsLeft => _all.TryPeek(out var oldest) ? (stage._within - stage.Context.TimeProvider.GetElapsedTime(oldest.Arrived)).TotalMilliseconds : double.PositiveInfinity;

            public TKey KeyOf(T value) => key(value);

            public Queue<Held<T>> Find(TKey itsKey) => _byKey.GetValueOrDefault(itsKey, s_none);

            public void Add(Held<T> held)
            {
                _all.Enqueue(held);
                if (!_byKey.TryGetValue(held.Key, out var same))
                {
                    _byKey.Add(held.Key, same = new Queue<Held<T>>());
                }

                same.Enqueue(held);
            }

            public void Save(SnapshotWriter snapshot, string name) =>
                snapshot.Write(name, _all.Select(held => new SavedHeld<T>(held.Element.Value, stage.Context.TimeProvider.GetElapsedTime(held.Arrived), held.IsPaired)).ToArray());

            public void Restore(SnapshotReader snapshot, string name)
            {
                foreach (var (value, age, isPaired) in snapshot.Read<SavedHeld<T>[]>(name))
                {
                    stage.Context.KeepRestoredPlace(input);
                    Add(new Held<T>(new Element<T>(value, null), key(value), stage.Context.TimeProvider.GetTimestampBefore(age)) { IsPaired = isPaired });
                }
            }

            public void LetGoOfOld(long now)
            {
                while (_all.TryPeek(out var oldest) && stage.Context.TimeProvider.GetElapsedTime(oldest.Arrived, now) > stage._within)
                {
                    LetGo();
                }
            }

            public void LetGoOfAll()
            {
                while (_all.Count > 0)
                {
                    LetGo();
                }
            }

            private void LetGo()
            {
                var oldest = _all.Dequeue();
                var same = _byKey[oldest.Key];
                same.Dequeue();
                if (same.Count == 0)
                {
                    _byKey.Remove(oldest.Key);
                }

                if (!oldest.IsPaired)
                {
                    stage.Context.Drop(oldest.Element.Context);
                }

                oldest.Element.Context?.Release();
                stage.Context.ReturnPlace(input);
            }
        }
    }

    private sealed record SavedHeld<T>(T Value, TimeSpan Age, bool IsPaired);
}
