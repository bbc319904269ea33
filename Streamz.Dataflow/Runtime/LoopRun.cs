namespace Streamz.Dataflow.Runtime;

/// <summary>
/// Ends a loop: when its outer inputs have ended and nothing is in flight in it, what its stages hold is flushed in graph
/// order; if that set anything moving, the loop comes to rest again and the flush is repeated; else the loop ends.
/// </summary>
/// <remarks>
/// In flight means accepted by a port of the loop and not finished there, or held with a tick armed. An element is entered at the
/// next port before it exits the one before, so the count is zero only if nothing is moving. Counts are exact; no timer is used.
/// One word holds both counts, so that who looks never sees a tick in none of them, or in both.
/// </remarks>
internal sealed class LoopRun
{
    private const int MaxFlushes = 1_000;

    private const long Held = 1L << 32;

    private readonly List<NodeRun> _members = [];
    private TaskCompletionSource? _rest;
    private TaskCompletionSource? _still;
    private long _inFlight;
    private volatile bool _holdsTicks;
    private int _outerEdges;
    private int _ending;

    /// <summary>The nodes of the loop, in graph order.</summary>
    public List<NodeRun> Members => _members;

    /// <summary>The ports of the feedback edges.</summary>
    public List<Port> FeedbackPorts { get; } = [];

    public long InFlight
    {
        get
        {
            var counts = Interlocked.Read(ref _inFlight);
            return Moving(counts) + (counts >> 32);
        }
    }

    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Exit() => Left(Interlocked.Decrement(ref _inFlight));

    /// <summary>Something is held, with a tick armed.</summary>
    public void Hold() => Interlocked.Add(ref _inFlight, Held);

    /// <summary>The tick was taken back.</summary>
    public void LetGo() => Left(Interlocked.Add(ref _inFlight, -Held));

    /// <summary>A tick is due: what it sets moving is entered, and <see cref="Exit"/> is to follow.</summary>
    /// <param name="wasHeld">Whether <see cref="Hold"/> had counted it.</param>
    /// <returns>False if ticks are kept back now; nothing has changed then.</returns>
    public bool TryBeginTick(bool wasHeld)
    {
        var change = wasHeld ? 1 - Held : 1;
        Interlocked.Add(ref _inFlight, change);

        // Whoever keeps ticks back says so first, and then looks at the count: one of the two sees the other.
        if (!_holdsTicks)
        {
            return true;
        }

        Left(Interlocked.Add(ref _inFlight, -change));
        return false;
    }

    /// <summary>Keeps ticks of the members back, so that what does not move by itself stays as it is.</summary>
    public void HoldTicks()
    {
        _holdsTicks = true;
        Interlocked.MemoryBarrier();
    }

    /// <summary>Lets ticks begin again, those that were kept back first.</summary>
    public void ReleaseTicks()
    {
        _holdsTicks = false;
        foreach (var member in _members)
        {
            member.Segment.Request(member, member.TickIfKeptBackAsync);
        }
    }

    public void OuterEdgeAdded() => Interlocked.Increment(ref _outerEdges);

    /// <summary>Keeps the loop from ending, as a further outer edge does, until <see cref="OuterEdgeEnded"/>.</summary>
    /// <returns>False if it is ending: what came in now would not be waited for.</returns>
    public bool TryHold()
    {
        OuterEdgeAdded();

        // Whoever begins the end says so first, and then looks at the edges once more.
        if (Volatile.Read(ref _ending) == 0)
        {
            return true;
        }

        OuterEdgeEnded();
        return false;
    }

    public void OuterEdgeEnded()
    {
        Interlocked.Decrement(ref _outerEdges);
        EndIfAtRest();
    }

    /// <summary>Completes at the next moment when nothing is in flight.</summary>
    public async Task WhenAtRestAsync()
    {
        while (InFlight > 0)
        {
            var rest = NextRest();
            if (InFlight == 0)
            {
                return;
            }

            await rest.Task.ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Completes at the next moment when nothing is in flight but what is held until a tick. One caller at a time, which counts as moving, but not while
    /// it waits: whoever comes to rest last counts it again first.
    /// </summary>
    /// <param name="activity">What the caller counts at.</param>
    /// <param name="end">Ends the waiting.</param>
    public async Task WhenStillAsync(RunActivity activity, Task end)
    {
        while (!end.IsCompleted)
        {
            var still = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _still, still);
            if (Moving(Interlocked.Read(ref _inFlight)) == 0 && Interlocked.CompareExchange(ref _still, null, still) == still)
            {
                return;
            }

            activity.Add(-RunActivity.Moving);
            await Task.WhenAny(still.Task, end).ConfigureAwait(false);
            if (Interlocked.CompareExchange(ref _still, null, still) == still)
            {
                activity.Add(RunActivity.Moving);
            }
        }
    }

    private static int Moving(long counts) => (int)counts;

    private void Left(long counts)
    {
        if (Moving(counts) > 0)
        {
            return;
        }

        if (Interlocked.Exchange(ref _still, null) is { } still)
        {
            _members[0].Run.Activity.Add(RunActivity.Moving);
            still.SetResult();
        }

        if (counts == 0)
        {
            Volatile.Read(ref _rest)?.TrySetResult();
            EndIfAtRest();
        }
    }

    /// <summary>What completes at the next moment of rest; all who wait share it.</summary>
    private TaskCompletionSource NextRest()
    {
        var present = Volatile.Read(ref _rest);
        while (present is null || present.Task.IsCompleted)
        {
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var before = Interlocked.CompareExchange(ref _rest, fresh, present);
            if (before == present)
            {
                return fresh;
            }

            present = before;
        }

        return present;
    }

    private void EndIfAtRest()
    {
        while (Volatile.Read(ref _outerEdges) == 0 && Interlocked.Read(ref _inFlight) == 0 && Interlocked.Exchange(ref _ending, 1) == 0)
        {
            if (Volatile.Read(ref _outerEdges) > 0)
            {
                // An edit leads something further into the loop, or looks whether it may.
                Interlocked.Exchange(ref _ending, 0);
                continue;
            }

            // From here on: between the end of the last element and the flush the run is not idle.
            _members[0].Run.Activity.Add(RunActivity.Moving);
            _ = Task.Run(EndAsync);
            return;
        }
    }

    private async Task EndAsync()
    {
        var run = _members[0].Run;
        for (var flushes = 0; !run.IsFaulted; flushes++)
        {
            var before = AcceptedInside();
            foreach (var member in _members)
            {
                await FlushAsync(member).ConfigureAwait(false);
                await RestAsync(run).ConfigureAwait(false);
            }

            if (AcceptedInside() == before)
            {
                break;
            }

            if (flushes == MaxFlushes)
            {
                run.Fault(_members[0], new LoopOverflowException(
                    $"The loop through '{_members[0].NodeName}' does not come to rest: each of {MaxFlushes} flushes of what its operators hold set new elements moving. Let an operator of the loop drop what has gone round."));
            }
        }

        foreach (var port in FeedbackPorts)
        {
            port.EdgeEnded(fromOutsideLoop: false);
        }

        run.Activity.Add(-RunActivity.Moving);
    }

    private async Task RestAsync(Run run)
    {
        // While this waits the loop moves by itself, or waits for something that counts.
        run.Activity.Add(-RunActivity.Moving);
        await WhenAtRestAsync().ConfigureAwait(false);
        run.Activity.Add(RunActivity.Moving);
    }

    private async Task FlushAsync(NodeRun member)
    {
        Enter();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        member.Segment.Request(member, async () =>
        {
            await member.FlushAsync().ConfigureAwait(true);
            done.SetResult();
        });
        await done.Task.ConfigureAwait(false);
        Exit();
    }

    private long AcceptedInside() => _members.Select(member => member.Segment).Distinct().Sum(segment => segment.Ports.Sum(port => port.Accepted));
}
