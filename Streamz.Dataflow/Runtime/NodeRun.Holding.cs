namespace Streamz.Dataflow.Runtime;

/// <summary>What a node holds back for its stage: its tick, and the places of elements that the stage keeps.</summary>
/// <remarks>All of it belongs to the running chunk of the segment.</remarks>
internal sealed partial class NodeRun
{
    /// <summary>A timer takes no more than 49 days; a tick that comes early is asked for again.</summary>
    private static readonly TimeSpan s_longestTick = TimeSpan.FromDays(24);

    private ITimer? _timer;
    private bool _armed;
    private bool _holdsLoop;
    private bool _isKeptBack;
    private bool _letsGo;

    public override void ScheduleTick(TimeSpan dueTime, bool isPending = true)
    {
        if (HasEnded || _letsGo)
        {
            // A stage may still be given elements then; its tick would be waited for, by a loop above all, and serve nothing.
            return;
        }

        if (!_armed)
        {
            _armed = true;
            Run.Activity.Add(RunActivity.Timed);
            if (isPending && !IsSuspended && Loop is { } loop)
            {
                _holdsLoop = true;
                loop.Hold();
            }
        }

        _timer ??= TimeProvider.CreateTimer(static state => ((NodeRun)state!).RequestTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(TimeSpan.FromTicks(Math.Clamp(dueTime.Ticks, 0, s_longestTick.Ticks)), Timeout.InfiniteTimeSpan);
    }

    public override void CancelTick()
    {
        if (_armed)
        {
            _armed = false;
            _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Run.Activity.Add(-RunActivity.Timed);
            LeaveLoop();
        }
    }

    public override void KeepPlace(int input)
    {
        if (!_letsGo)
        {
            Segment.Delivering!.KeepPlace();
        }
    }

    // An input that is fed back has two ports. Which of them gets its place first is all the same, as long as it has one there.
    // A loop, since a join asks at each element, and a predicate would be made anew each time.
    public override void ReturnPlace(int input)
    {
        foreach (var port in Segment.Ports)
        {
            if (port.Input == input && port.Kept > 0)
            {
                port.ReturnKept();
                return;
            }
        }

        if (_letsGo)
        {
            return;
        }

        throw new InvalidOperationException($"'{NodeName}' has kept no place of input {input}.");
    }

    /// <summary>Serves the tick of the stage, unless it was taken back meanwhile.</summary>
    public async ValueTask TickAsync()
    {
        if (!_armed || HasEnded)
        {
            return;
        }

        if (Loop is { } loop && !loop.TryBeginTick(_holdsLoop))
        {
            _isKeptBack = true;
            return;
        }

        // The running chunk counts as moving; should the stage wait for a place now, nothing but that place is waited for.
        _armed = false;
        Run.Activity.Add(-RunActivity.Timed);
        _holdsLoop = false;
        if (!Run.IsFaulted && !IsSuspended)
        {
            await GuardAsync(Stage.OnTickAsync).ConfigureAwait(true);
        }

        Loop?.Exit();
    }

    /// <summary>Serves the tick that the loop has kept back, if it has. A request of the segment.</summary>
    public ValueTask TickIfKeptBackAsync()
    {
        if (!_isKeptBack)
        {
            return default;
        }

        _isKeptBack = false;
        return TickAsync();
    }

    /// <summary>
    /// The run fails or is aborted: nobody may wait any more for what the stage holds, since nothing may make it go on. A request of the
    /// segment.
    /// </summary>
    public void LetGo()
    {
        if (HasEnded)
        {
            return;
        }

        CancelTick();
        _letsGo = true;
        foreach (var port in Segment.Ports.Where(port => port.Node == this))
        {
            while (port.Kept > 0)
            {
                port.ReturnKept();
            }
        }
    }

    /// <summary>The run is suspended: what the stage holds stays there, and no loop waits for its tick. A request of the segment.</summary>
    public ValueTask SuspendAsync()
    {
        if (IsSuspended)
        {
            CancelTick();
        }

        return default;
    }

    private void LeaveLoop()
    {
        if (_holdsLoop)
        {
            _holdsLoop = false;
            Loop!.LetGo();
        }
    }

    private void RequestTick() => Segment.RequestTick(this);
}
