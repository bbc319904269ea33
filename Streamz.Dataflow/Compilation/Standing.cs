using Streamz.Dataflow.Runtime;

namespace Streamz.Dataflow.Compilation;

/// <summary>Segments of a run that stand still together.</summary>
internal sealed class Standing
{
    private readonly Run _run;
    private readonly TimeSpan _deadline;
    private readonly long _began;
    private readonly List<(Segment Segment, Standstill Stand)> _stands = [];

    private Standing(Run run, TimeSpan deadline)
    {
        _run = run;
        _deadline = deadline;
        _began = run.TimeProvider.GetTimestamp();
    }

    /// <summary>Brings segments to a stand, those upstream first.</summary>
    /// <param name="run">The run.</param>
    /// <param name="segments">The segments.</param>
    /// <param name="deadline">How long to wait.</param>
    /// <param name="arrived">
    /// Ends what goes on beside a segment that stands, before those behind it come to a stand: a worker may still have a dead letter for them.
    /// </param>
    /// <exception cref="TimeoutException">One of them was busy until the deadline.</exception>
    /// <exception cref="PipelineClosedException">The run stops.</exception>
    public static async Task<Standing> BringAsync(Run run, IReadOnlySet<Segment> segments, TimeSpan deadline, Func<Standing, Segment, Task> arrived)
    {
        var standing = new Standing(run, deadline);
        try
        {
            foreach (var segment in SegmentOrder.Of(run).Where(segments.Contains))
            {
                var stand = Standstill.Request(segment);
                standing._stands.Add((segment, stand));
                await standing.WaitAsync(stand.Arrived).ConfigureAwait(false);
                await arrived(standing, segment).ConfigureAwait(false);
            }

            return standing;
        }
        catch
        {
            standing.Release();
            throw;
        }
    }

    /// <summary>Waits for something, until the deadline.</summary>
    /// <param name="task">What to wait for.</param>
    /// <param name="busy">The node that is waited for.</param>
    public async Task WaitAsync(Task task, NodeRun? busy = null)
    {
        var left = _deadline == Timeout.InfiniteTimeSpan ? _deadline : _deadline - _run.TimeProvider.GetElapsedTime(_began);
        try
        {
            await task.WaitAsync(left == Timeout.InfiniteTimeSpan || left > TimeSpan.Zero ? left : TimeSpan.Zero, _run.TimeProvider, _run.Stopping).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"The edit was not made: {(busy is null ? Busy(_stands[^1].Segment) : $"'{busy.NodeName}' was still busy with an element")} at its deadline of {Graph.Duration.Text(_deadline)}. Everything is as it was before; try again, or give the edit more time.");
        }
        catch (OperationCanceledException) when (_run.Stopping.IsCancellationRequested)
        {
            throw _run.CreateFault() ?? (Exception)new PipelineClosedException("The edit was not made: the pipeline was stopped meanwhile.");
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
