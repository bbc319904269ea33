namespace Streamz.Dataflow.Runtime;

/// <summary>
/// Knows how many flows of control a segment (or a source) has and how many of them wait, so that it counts as moving
/// exactly as long as one of them can go on by itself.
/// </summary>
/// <remarks>
/// A segment has one flow. Where it branches and several branches wait, each is a flow until it ends. While the first,
/// synchronous stretch of an element runs on a thread, that thread counts as going on; a branching on another thread (after
/// an await) is guarded by a flow of its own. All fields belong to <c>_gate</c>, which is a leaf: nothing is called under it
/// but <see cref="RunActivity.Add"/>, which takes no lock, and, while somebody listens to times, the clock.
/// </remarks>
internal sealed class FlowTracker(RunActivity activity, TimeProvider? clock = null) : IUserWaits
{
    /// <summary>Whether the flow brings elements into the run, as a source does.</summary>
    public bool IsEntrance { get; init; }

    /// <summary>Whether an entrance waits by its own clock, and will go on by itself.</summary>
    public bool IsPausing { get; set; }

    private readonly Lock _gate = new();
    private int _open;
    private int _waiting;
    private int _syncThread;
    private bool _resting;
    private int _waitingForPlace;
    private int _waitingForClock;
    private int _standing;
    private BlockClock _times = new(clock);

    /// <summary>Whether every flow waits.</summary>
    public bool IsResting
    {
        get
        {
            lock (_gate)
            {
                return _resting;
            }
        }
    }

    /// <summary>The segment has work.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            CountTime();
            _open = 1;
            activity.Add(RunActivity.Moving);
        }
    }

    /// <summary>The segment has no more work.</summary>
    public void End()
    {
        lock (_gate)
        {
            CountTime();
            _open = 0;
            _syncThread = 0;
            activity.Add(-RunActivity.Moving);
        }
    }

    /// <summary>A synchronous stretch begins on this thread.</summary>
    public void EnterStretch()
    {
        lock (_gate)
        {
            CountTime();
            _syncThread = Environment.CurrentManagedThreadId;
            Evaluate();
        }
    }

    /// <summary>The synchronous stretch has ended in an await.</summary>
    public void LeaveStretch()
    {
        lock (_gate)
        {
            CountTime();
            _syncThread = 0;
            Evaluate();
        }
    }

    /// <summary>A flow begins to wait.</summary>
    /// <param name="kind">What it waits for: a constant of <see cref="RunActivity"/>, or zero for a place.</param>
    public void Block(long kind)
    {
        lock (_gate)
        {
            CountTime();
            if (kind != 0)
            {
                activity.Add(kind);
            }

            _waiting++;
            NoteWait(kind, +1);
            Evaluate();
        }
    }

    /// <summary>A flow can go on. Called by whoever lets it, before it does.</summary>
    /// <param name="kind">What it waited for.</param>
    public void Unblock(long kind)
    {
        lock (_gate)
        {
            CountTime();
            _waiting--;
            NoteWait(kind, -1);
            Evaluate();
            if (kind != 0)
            {
                activity.Add(-kind);
            }
        }
    }

    /// <summary>The segment is paused or stands still: for the run as if it waited for user code, but it does no work.</summary>
    public void BeginStand()
    {
        lock (_gate)
        {
            CountTime();
            _standing++;
            Block(RunActivity.User);
        }
    }

    /// <summary>Ends <see cref="BeginStand"/>. Called by whoever lets the segment go on, before it does.</summary>
    public void EndStand()
    {
        lock (_gate)
        {
            Unblock(RunActivity.User);
            _standing--;
        }
    }

    public void BeginUserWait() => Block(RunActivity.User);

    public void EndUserWait() => Unblock(RunActivity.User);

    /// <summary>The workers of a parallel node begin or end with an element.</summary>
    /// <param name="atWork">How many are at work from now on.</param>
    /// <param name="workers">How many there are; none while the node is paused.</param>
    public void NoteWorkers(int atWork, int workers)
    {
        lock (_gate)
        {
            CountTime();
            _times.Workers = workers == 0 ? 0 : (double)atWork / workers;
        }
    }

    /// <summary>What the block has done with its time since somebody listens.</summary>
    public Diagnostics.BlockTimes ReadTimes()
    {
        lock (_gate)
        {
            CountTime();
            return _times.Times;
        }
    }

    /// <summary>Elements are about to be pushed to several branches.</summary>
    /// <returns>Whether the branching is guarded; to be handed to <see cref="EndBranching"/>.</returns>
    public bool BeginBranching()
    {
        if (Volatile.Read(ref _syncThread) == Environment.CurrentManagedThreadId)
        {
            return false;
        }

        Change(+1);
        return true;
    }

    /// <summary>All branches were started.</summary>
    /// <param name="guarded">What <see cref="BeginBranching"/> returned.</param>
    /// <param name="pending">The branches that wait, or null.</param>
    /// <returns>A task that completes when all branches have.</returns>
    public ValueTask EndBranching(bool guarded, List<ValueTask>? pending)
    {
        var waiting = pending?.Count ?? 0;
        var change = Math.Max(waiting - 1, 0) - (guarded ? 1 : 0);
        if (change != 0)
        {
            Change(change);
        }

        return waiting switch
        {
            0 => default,
            1 => pending![0],
            _ => WhenAllAsync(pending!),
        };
    }

    private async ValueTask WhenAllAsync(List<ValueTask> branches)
    {
        var left = branches.Count;
        await Task.WhenAll(branches.Select(FinishAsync)).ConfigureAwait(true);

        async Task FinishAsync(ValueTask branch)
        {
            await branch.ConfigureAwait(true);
            if (Interlocked.Decrement(ref left) > 0)
            {
                Change(-1);
            }
        }
    }

    private void Change(int flows)
    {
        lock (_gate)
        {
            CountTime();
            _open += flows;
            Evaluate();
        }
    }

    private void CountTime()
    {
        if (!Diagnostics.StreamzMeter.MeasuresTimes)
        {
            _times.Pause();
            return;
        }

        // What a source awaits is its input.
        var works = _open > 0 && (!_resting || (!IsEntrance && _waiting > _waitingForPlace + _waitingForClock + _standing));
        _times.Count(works, _resting && _waitingForPlace > 0 && !IsPausing, _resting && (_waitingForClock > 0 || IsPausing));
    }

    private void NoteWait(long kind, int change)
    {
        if (kind == 0)
        {
            _waitingForPlace += change;
        }
        else if (kind == RunActivity.Timed)
        {
            _waitingForClock += change;
        }
    }

    private void Evaluate()
    {
        var resting = _syncThread == 0 && _open > 0 && _waiting == _open;
        if (resting != _resting)
        {
            _resting = resting;
            activity.Add(resting ? -RunActivity.Moving : RunActivity.Moving);
        }
    }
}
