namespace Streamz.Dataflow.Runtime;

/// <summary>
/// Ends a loop: when its outer inputs have ended and nothing is in flight in it, what its stages hold is flushed in graph
/// order; if that set anything moving, the loop comes to rest again and the flush is repeated; else the loop ends.
/// </summary>
/// <remarks>
/// In flight means accepted by a port of the loop and not finished there, or held with a tick armed. An element is entered at the
/// next port before it exits the one before, so the count is zero only if nothing is moving. Counts are exact; no timer is used.
/// </remarks>
internal sealed class LoopRun
{
    private const int MaxFlushes = 1_000;

    private readonly List<NodeRun> _members = [];
    private TaskCompletionSource? _rest;
    private long _inFlight;
    private int _outerEdges;
    private int _ending;

    /// <summary>The nodes of the loop, in graph order.</summary>
    public List<NodeRun> Members => _members;

    /// <summary>The ports of the feedback edges.</summary>
    public List<Port> FeedbackPorts { get; } = [];

    public long InFlight => Interlocked.Read(ref _inFlight);

    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Exit()
    {
        if (Interlocked.Decrement(ref _inFlight) == 0)
        {
            Volatile.Read(ref _rest)?.TrySetResult();
            EndIfAtRest();
        }
    }

    public void OuterEdgeAdded() => _outerEdges++;

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
        if (Volatile.Read(ref _outerEdges) == 0 && InFlight == 0 && Interlocked.Exchange(ref _ending, 1) == 0)
        {
            // From here on: between the end of the last element and the flush the run is not idle.
            _members[0].Run.Activity.Add(RunActivity.Moving);
            _ = Task.Run(EndAsync);
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
