using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The unique timed window operator.</summary>
/// <remarks>
/// <b>Order:</b> that of the elements that are kept. <b>Buffering:</b> the elements of one window, at most <c>maxCount</c>: a window that is full
/// is emitted early. <b>Back-pressure:</b> while a window is being pushed on, upstream waits. <b>Completion:</b> the last window is emitted
/// when the input ends. <b>Faults:</b> an exception of the key or the comparer fails the element and meets the node's error policy.
/// An element is delivered with its window; one that is left out for another of its key is delivered at that moment.
/// </remarks>
public static class TimedWindowUniqueOperator
{
    /// <summary>Emits lists of what came within a time, of which no two are equal.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="interval">
    /// The length of a window; more than zero. A window begins with its first element, even if that was replaced; with
    /// <paramref name="emitEmpty"/>, windows follow one another without a gap from the start of the pipeline.
    /// </param>
    /// <param name="keep">Which of equal elements is kept. The default is <see cref="KeptDuplicate.First"/>.</param>
    /// <param name="emitEmpty">Whether a window without elements is emitted. The default is false.</param>
    /// <param name="maxCount">The number of different elements at which a window is emitted early; one or more. The default is 100,000.</param>
    /// <param name="comparer">Tells which elements are the same. The default is null: the elements decide.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of windows.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="interval"/> is not more than zero, <paramref name="maxCount"/> is less than one, or <paramref name="keep"/> is unknown.
    /// </exception>
    public static Stream<IReadOnlyList<T>> TimedWindowUnique<T>(
        this Stream<T> stream,
        TimeSpan interval,
        KeptDuplicate keep = KeptDuplicate.First,
        bool emitEmpty = false,
        int maxCount = 100_000,
        IEqualityComparer<T>? comparer = null,
        NodeOptions? options = null) =>
        Create(stream, interval, static element => element, keep, emitEmpty, maxCount, comparer, null, options);

    /// <summary>Emits lists of what came within a time, of which no two have equal keys.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="interval">
    /// The length of a window; more than zero. A window begins with its first element, even if that was replaced; with
    /// <paramref name="emitEmpty"/>, windows follow one another without a gap from the start of the pipeline.
    /// </param>
    /// <param name="key">The key of an element; may be null.</param>
    /// <param name="keep">Which of the elements of one key is kept. The default is <see cref="KeptDuplicate.First"/>.</param>
    /// <param name="emitEmpty">Whether a window without elements is emitted. The default is false.</param>
    /// <param name="maxCount">The number of keys at which a window is emitted early; one or more. The default is 100,000.</param>
    /// <param name="comparer">Tells which keys are the same. The default is null: the keys decide.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of windows.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="key"/> is null.</exception>
    /// <exception cref="ArgumentException"><typeparamref name="TKey"/> is a task.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="interval"/> is not more than zero, <paramref name="maxCount"/> is less than one, or <paramref name="keep"/> is unknown.
    /// </exception>
    public static Stream<IReadOnlyList<T>> TimedWindowUnique<T, TKey>(
        this Stream<T> stream,
        TimeSpan interval,
        Func<T, TKey> key,
        KeptDuplicate keep = KeptDuplicate.First,
        bool emitEmpty = false,
        int maxCount = 100_000,
        IEqualityComparer<TKey>? comparer = null,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(key))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        DelegateCheck.RefuseTaskResult<TKey>(key, "TimedWindowUnique");
        return Create(stream, interval, key, keep, emitEmpty, maxCount, comparer, expression, options);
    }

    private static Stream<IReadOnlyList<T>> Create<T, TKey>(
        Stream<T> stream,
        TimeSpan interval,
        Func<T, TKey> key,
        KeptDuplicate keep,
        bool emitEmpty,
        int maxCount,
        IEqualityComparer<TKey>? comparer,
        string? expression,
        NodeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        if (keep is not (KeptDuplicate.First or KeptDuplicate.Last))
        {
            throw new ArgumentOutOfRangeException(nameof(keep), keep, "Keep the first or the last.");
        }

        var details = Duration.Text(interval)
            + (keep == KeptDuplicate.Last ? " last" : "")
            + (expression is null ? "" : $" by {DelegateText.Of(expression)}");
        return stream.Then(
            new OperatorNode<T, IReadOnlyList<T>>(
                "timed_window_unique",
                () => new UniqueWindowStage<T, TKey>(interval, emitEmpty, maxCount, key, keep, comparer))
            {
                Kind = NodeKind.Batching,
                Details = details,
                IsBoundary = true,
            },
            options);
    }

    private sealed class UniqueWindowStage<T, TKey>(
        TimeSpan interval, bool emitEmpty, int maxCount, Func<T, TKey> key, KeptDuplicate keep, IEqualityComparer<TKey>? comparer)
        : WindowStage<T>(interval, emitEmpty, maxCount)
    {
        private readonly Dictionary<Key<TKey>, LinkedListNode<Element<T>>> _byKey = new(new KeyComparer<TKey>(comparer));
        private readonly LinkedList<Element<T>> _kept = new();

        protected override int Count => _kept.Count;

        protected override IEnumerable<Element<T>> Members => _kept;

        protected override void Add(Element<T> element)
        {
            var itsKey = new Key<TKey>(key(element.Value));
            if (!_byKey.TryGetValue(itsKey, out var kept))
            {
                element.Context?.Hold();
                _byKey.Add(itsKey, _kept.AddLast(element));
            }
            else if (keep == KeptDuplicate.Last)
            {
                element.Context?.Hold();
                kept.Value.Context?.Release();
                _kept.Remove(kept);
                kept.Value = element;
                _kept.AddLast(kept);
            }
        }

        protected override List<Element<T>> TakeAll()
        {
            var members = Spare.Take();
            members.AddRange(_kept);
            _byKey.Clear();
            _kept.Clear();
            return members;
        }
    }
}
