using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph.Hosting;

/// <summary>One tick of a host for the ticks of all that it hosts.</summary>
/// <remarks>
/// A heap by the time that each is due, in which each knows its position: asking again and taking back leave nothing behind.
/// Belongs to the one caller that the host has at a time.
/// </remarks>
internal sealed class HostedTicks(StageContext host)
{
    private readonly long _origin = host.TimeProvider.GetTimestamp();
    private readonly List<HostedTick> _heap = [];
    private readonly List<HostedTick> _due = [];
    private long _sequence;
    private int _pending;
    private (TimeSpan Due, bool IsPending)? _armedFor;
    private bool _isServing;

    /// <summary>The time since the host began.</summary>
    public TimeSpan Now => host.TimeProvider.GetElapsedTime(_origin);

    /// <summary>Asks for a tick; one that was asked for before is taken back.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="dueTime">The time to wait.</param>
    /// <param name="isPending">Whether something waits for it; see <see cref="StageContext.ScheduleTick"/>.</param>
    public void Schedule(HostedTick tick, TimeSpan dueTime, bool isPending)
    {
        Remove(tick);
        var now = Now;
        tick.IsPending = isPending;
        _pending += isPending ? 1 : 0;
        tick.Due = dueTime < TimeSpan.Zero ? now : dueTime < TimeSpan.MaxValue - now ? now + dueTime : TimeSpan.MaxValue;
        tick.Sequence = _sequence++;
        _heap.Add(tick);
        MoveUp(tick, _heap.Count - 1);
        Arm();
    }

    /// <summary>Takes back a tick, if it was asked for.</summary>
    public void Cancel(HostedTick tick)
    {
        Remove(tick);
        Arm();
    }

    /// <summary>Serves what is due: in the order of time, and of asking where that is the same.</summary>
    public async ValueTask ServeAsync()
    {
        _armedFor = null;
        _isServing = true;
        for (var now = Now; _heap is [var first, ..] && first.Due <= now;)
        {
            Remove(first);
            first.IsDue = true;
            _due.Add(first);
        }

        foreach (var tick in _due)
        {
            if (tick.IsDue)
            {
                tick.IsDue = false;
                await tick.ServeAsync().ConfigureAwait(true);
            }
        }

        _due.Clear();
        _isServing = false;
        Arm();
    }

    private static bool IsBefore(HostedTick first, HostedTick second) =>
        first.Due != second.Due ? first.Due < second.Due : first.Sequence < second.Sequence;

    private void Arm()
    {
        if (_isServing)
        {
            return;
        }

        if (_heap is [var first, ..])
        {
            var wanted = (first.Due, IsPending: _pending > 0);
            if (wanted != _armedFor)
            {
                if (_armedFor is { } armed && armed.IsPending != wanted.IsPending)
                {
                    host.CancelTick();
                }

                _armedFor = wanted;
                host.ScheduleTick(first.Due - Now, wanted.IsPending);
            }
        }
        else if (_armedFor is not null)
        {
            _armedFor = null;
            host.CancelTick();
        }
    }

    private void Remove(HostedTick tick)
    {
        tick.IsDue = false;
        var position = tick.Position;
        if (position < 0)
        {
            return;
        }

        tick.Position = -1;
        _pending -= tick.IsPending ? 1 : 0;
        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (last != tick)
        {
            MoveUp(last, position);
            MoveDown(last, last.Position);
        }
    }

    private void MoveUp(HostedTick tick, int position)
    {
        while (position > 0 && IsBefore(tick, _heap[(position - 1) / 2]))
        {
            Place(_heap[(position - 1) / 2], position);
            position = (position - 1) / 2;
        }

        Place(tick, position);
    }

    private void MoveDown(HostedTick tick, int position)
    {
        for (var child = (2 * position) + 1; child < _heap.Count; child = (2 * position) + 1)
        {
            if (child + 1 < _heap.Count && IsBefore(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!IsBefore(_heap[child], tick))
            {
                break;
            }

            Place(_heap[child], position);
            position = child;
        }

        Place(tick, position);
    }

    private void Place(HostedTick tick, int position)
    {
        _heap[position] = tick;
        tick.Position = position;
    }
}

/// <summary>One tick that a host serves.</summary>
/// <param name="serve">Serves it; never fails.</param>
internal sealed class HostedTick(Func<ValueTask> serve)
{
    public TimeSpan Due { get; set; }

    public long Sequence { get; set; }

    public bool IsPending { get; set; }

    public int Position { get; set; } = -1;

    /// <summary>Whether the tick is about to be served.</summary>
    public bool IsDue { get; set; }

    public ValueTask ServeAsync() => serve();
}
