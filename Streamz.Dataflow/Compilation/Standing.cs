using Streamz.Dataflow.Runtime;

namespace Streamz.Dataflow.Compilation;

/// <summary>Segments of a run that stand still together.</summary>
internal sealed class Standing
{
    private readonly Run _run;
    private readonly TimeSpan _deadline;
    private readonly List<(Segment Segment, Standstill Stand)> _stands = [];
    private readonly List<(NodeRun Node, Task Done, int Number)> _drains = [];

    private Standing(Run run, TimeSpan deadline)
    {
        _run = run;
        _deadline = deadline;
    }

    /// <summary>Brings segments to a stand, those upstream first, and has parallel nodes among them finish what their workers have.</summary>
    /// <exception cref="TimeoutException">One of them was busy until the deadline.</exception>
    /// <exception cref="PipelineClosedException">The run stops.</exception>
    public static async Task<Standing> BringAsync(Run run, IReadOnlySet<Segment> segments, IReadOnlySet<NodeRun> drained, TimeSpan deadline)
    {
        var standing = new Standing(run, deadline);

        // One timer for all that is waited for: it must be set before anybody who sees the edit can turn the clock.
        using var late = new CancellationTokenSource(deadline, run.TimeProvider);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, run.Stopping);
        try
        {
            foreach (var segment in SegmentOrder.Of(run).Where(segments.Contains))
            {
                await standing.WaitAsync(standing.Stand(segment), ended.Token).ConfigureAwait(false);
                if (drained.Contains(segment.Head))
                {
                    // While those downstream go on: a worker may wait for room in a queue of dead letters.
                    await standing.WaitAsync(standing.Drain(segment.Head), ended.Token, segment.Head).ConfigureAwait(false);
                }
            }

            return standing;
        }
        catch
        {
            standing.GiveUp();
            throw;
        }
    }

    /// <summary>Has a segment stand still as well: from its next element on, if it has none.</summary>
    /// <returns>A task that completes when it does.</returns>
    public Task Stand(Segment segment)
    {
        var stand = Standstill.Request(segment);
        _stands.Add((segment, stand));
        return stand.Arrived;
    }

    /// <summary>Lets everything go on as it was.</summary>
    public void GiveUp()
    {
        foreach (var (node, done, number) in _drains)
        {
            node.Parallel!.GiveUpDrain();
            _ = GoOnAsync(node, done, number);
        }

        Release();
    }

    /// <summary>Gives parallel nodes that were drained other workers, as they are set now.</summary>
    public void GoOn(Func<NodeRun, bool> which)
    {
        foreach (var (node, _, number) in _drains.Where(drain => which(drain.Node)))
        {
            GoOn(node, number);
        }
    }

    private Task Drain(NodeRun node)
    {
        var done = node.Parallel!.DrainAsync(out var number);
        _drains.Add((node, done, number));
        return done;
    }

    private async Task GoOnAsync(NodeRun node, Task drained, int number)
    {
        await drained.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        GoOn(node, number);
    }

    private void GoOn(NodeRun node, int number) =>
        node.Parallel!.GoOn(node.Node.MaxDegreeOfParallelism, Planner.PlacesOf(node.Node, _run.Options), number);

    /// <summary>Waits for something.</summary>
    /// <param name="task">What to wait for.</param>
    /// <param name="ended">The deadline has come, or the run stops.</param>
    /// <param name="busy">The node that is waited for.</param>
    private async Task WaitAsync(Task task, CancellationToken ended, NodeRun? busy = null)
    {
        try
        {
            await task.WaitAsync(ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_run.Stopping.IsCancellationRequested)
        {
            throw _run.CreateFault() ?? (Exception)new PipelineClosedException("The edit was not made: the pipeline was stopped meanwhile.");
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(
                $"The edit was not made: {(busy is null ? Busy(_stands[^1].Segment) : $"'{busy.NodeName}' was still busy with an element")} at its deadline of {Graph.Duration.Text(_deadline)}. Everything is as it was before; try again, or give the edit more time.");
        }
    }

    /// <summary>Lets the segments go on, those downstream first.</summary>
    public void Release(IReadOnlySet<Segment>? except = null)
    {
        for (var i = _stands.Count - 1; i >= 0; i--)
        {
            if (except?.Contains(_stands[i].Segment) != true)
            {
                _stands[i].Stand.Release();
            }
        }
    }

    private string Busy(Segment segment) =>
        _run.Ports.FirstOrDefault(port => port.IsWaitedForBy(segment.Flow)) is { } full
            ? $"'{segment.Head.NodeName}' was still waiting for room in the queue of '{full.Node.NodeName}'"
            : segment.Flow.IsResting && segment.LastWaiting is { } node
                ? $"'{node.NodeName}' was still busy with an element"
                : $"{string.Join(", ", segment.Nodes.Select(each => $"'{each.NodeName}'"))} were still busy with an element";
}
