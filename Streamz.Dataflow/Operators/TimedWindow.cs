using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The timed window operator.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> the elements of one window, at most <c>maxCount</c>: a window that is full is emitted early.
/// <b>Back-pressure:</b> while a window is being pushed on, upstream waits. <b>Completion:</b> the last window is emitted when the input ends.
/// <b>Faults:</b> has none of its own. The elements of a window are delivered with it.
/// </remarks>
public static class TimedWindowOperator
{
    /// <summary>Emits lists of what came within a time.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="interval">
    /// The length of a window; more than zero. A window begins with its first element; with <paramref name="emitEmpty"/>, windows follow
    /// one another without a gap from the start of the pipeline.
    /// </param>
    /// <param name="emitEmpty">Whether a window without elements is emitted. The default is false.</param>
    /// <param name="maxCount">The number of elements at which a window is emitted early; one or more. The default is 100,000.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of windows.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is not more than zero, or <paramref name="maxCount"/> is less than one.</exception>
    public static Stream<IReadOnlyList<T>> TimedWindow<T>(
        this Stream<T> stream,
        TimeSpan interval,
        bool emitEmpty = false,
        int maxCount = 100_000,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        return stream.Then(
            new OperatorNode<T, IReadOnlyList<T>>("timed_window", () => new TimedWindowStage<T>(interval, emitEmpty, maxCount))
            {
                Kind = NodeKind.Batching,
                Details = Duration.Text(interval),
                IsBoundary = true,
            },
            options);
    }

    private sealed class TimedWindowStage<T>(TimeSpan interval, bool emitEmpty, int maxCount) : WindowStage<T>(interval, emitEmpty, maxCount)
    {
        private List<Element<T>> _window = [];

        protected override int Count => _window.Count;

        protected override IEnumerable<Element<T>> Members => _window;

        protected override void Add(Element<T> element)
        {
            element.Context?.Hold();
            _window.Add(element);
        }

        protected override List<Element<T>> TakeAll()
        {
            var members = _window;
            _window = Spare.Take();
            return members;
        }
    }
}

/// <summary>The clock of a timed window: when it begins and ends. What it holds is up to the stage that derives.</summary>
internal abstract class WindowStage<T>(TimeSpan interval, bool emitEmpty, int maxCount) : Stage<T, IReadOnlyList<T>>, ISnapshot
{
    private bool _isRestored;
    private long _began;

    /// <summary>Where the lists come from that windows are gathered in.</summary>
    protected SpareList<T> Spare { get; } = new();

    /// <summary>How many elements the window has.</summary>
    protected abstract int Count { get; }

    /// <summary>The elements, in order.</summary>
    protected abstract IEnumerable<Element<T>> Members { get; }

    public override ValueTask OnStartAsync()
    {
        if (emitEmpty && !_isRestored)
        {
            _began = Context.TimeProvider.GetTimestamp();
            ScheduleNext(interval);
        }

        return default;
    }

    public override ValueTask OnElementAsync(Element<T> element)
    {
        var begins = Count == 0;
        Add(element);
        if (Count >= maxCount)
        {
            return EmitAsync();
        }

        if (begins && !emitEmpty)
        {
            _began = Context.TimeProvider.GetTimestamp();
            ScheduleNext(interval);
        }

        return default;
    }

    public override async ValueTask OnTickAsync()
    {
        var clock = Context.TimeProvider;
        var left = interval - clock.GetElapsedTime(_began);
        if (left <= TimeSpan.Zero)
        {
            if (emitEmpty)
            {
                // From the plan, not from now: windows do not drift, and one that was missed is not made up for.
                left = interval + TimeSpan.FromTicks(left.Ticks % interval.Ticks);
                _began = clock.GetTimestamp() - ((interval - left).Ticks * clock.TimestampFrequency / TimeSpan.TicksPerSecond);
            }

            if (Count > 0 || emitEmpty)
            {
                await EmitAsync().ConfigureAwait(true);
            }

            if (!emitEmpty)
            {
                return;
            }

            left = interval - clock.GetElapsedTime(_began);
        }

        ScheduleNext(left);
    }

    public override ValueTask OnFlushAsync() => Count > 0 ? EmitAsync() : default;

    public void Save(SnapshotWriter snapshot)
    {
        if (Count > 0)
        {
            snapshot.WriteElements("window", Members);
            snapshot.Write("age", Context.TimeProvider.GetElapsedTime(_began));
        }
    }

    public void Restore(SnapshotReader snapshot)
    {
        foreach (var element in snapshot.ReadElements<T>("window"))
        {
            Add(element);
        }

        var age = snapshot.Read<TimeSpan>("age");
        _isRestored = true;
        _began = Context.TimeProvider.GetTimestampBefore(age);
        ScheduleNext(interval - age);
    }

    /// <summary>Takes an element into the window, and holds it, or leaves it out. At an exception nothing has changed.</summary>
    protected abstract void Add(Element<T> element);

    /// <summary>Empties the window. The list is given back.</summary>
    protected abstract List<Element<T>> TakeAll();

    // Windows that follow one another for ever, empty ones too, must not keep a loop from its end; what the last one holds is flushed then.
    private void ScheduleNext(TimeSpan dueTime) => Context.ScheduleTick(dueTime, isPending: !emitEmpty);

    private async ValueTask EmitAsync()
    {
        if (!emitEmpty)
        {
            Context.CancelTick();
        }

        var members = TakeAll();
        await PushAsync(Batch.Of(members)).ConfigureAwait(true);
        Batch.Release(members);
        Spare.GiveBack(members);
    }
}
