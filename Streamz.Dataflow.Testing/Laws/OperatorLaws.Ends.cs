namespace Streamz.Dataflow.Testing;

// The laws about the end of a run.
public abstract partial class OperatorLaws<TIn, TOut>
{
    /// <summary>A run ends, once, with elements and without any; all nodes have ended, and later emits are refused.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task EndsOnceAsync()
    {
        const string law = "ends exactly once";
        foreach (var inputs in new[] { Inputs, [] })
        {
            var graph = Define();
            var run = await RunAsync(law, graph, inputs).ConfigureAwait(false);
            Check(law, graph.Observer is null or { Ends: 1 }, $"it told downstream {graph.Observer?.Ends} times that it ended, after {inputs.Count} elements.");
            CheckAllEnded(law, run);
            var late = graph.Source.EmitAsync(inputs.Count > 0 ? inputs[0] : Inputs[0]).AsTask();
            await WaitAsync(law, late, "an emit after the end to be refused").ConfigureAwait(false);
            Check(law, late.Exception?.InnerException is PipelineClosedException, $"an emit after the end was not refused with PipelineClosedException, but: {late.Exception?.InnerException?.ToString() ?? "accepted"}.");
        }
    }

    /// <summary>After the end nothing is given any more, however far the clock moves.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task NothingAfterTheEndAsync()
    {
        const string law = "nothing after the end";
        var graph = Define();
        var run = await RunAsync(law, graph, Inputs).ConfigureAwait(false);
        var atTheEnd = run.Outputs().Count;
        graph.Clock.Advance(TimeSpan.FromDays(1));
        await WaitAsync(law, run.Pipeline.Run.Activity.WhenAtRestAsync(settled: false), "the pipeline to be idle").ConfigureAwait(false);
        Check(law, graph.Observer is null or { ElementsAfterTheEnd: 0 }, $"it gave {graph.Observer?.ElementsAfterTheEnd} elements after its end.");
        Check(law, run.Outputs().Count == atTheEnd, $"{run.Outputs().Count - atTheEnd} more elements were written after the pipeline had completed.");
    }

    /// <summary>No timer and no work is left behind: after a normal end, after a fault, and after a stop in the middle.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task LeavesNothingBehindAsync()
    {
        const string law = "no task or timer left behind";
        var drained = await RunAsync(law, Define(), Inputs).ConfigureAwait(false);
        await CheckNothingLeftAsync(law, drained, "a normal end").ConfigureAwait(false);
        var queued = drained.Pipeline.GetSnapshot().Nodes.Where(node => node.Queued != 0).Select(node => $"{node.Name} {node.Queued}").ToList();
        Check(law, queued.Count == 0, $"places were still taken after a normal end: {string.Join(", ", queued)}.");

        var faulty = Define();
        faulty.Probe.FailAtWrite = 0;
        faulty.Probe.FailAtCall = 0;
        var faulted = faulty.Start();
        await FeedAsync(law, faulted, Inputs).ConfigureAwait(false);
        faulty.Source.Complete();
        await EndAsync(law, faulted).ConfigureAwait(false);
        await CheckNothingLeftAsync(law, faulted, "a fault").ConfigureAwait(false);

        var stopped = Define().Start();
        foreach (var input in Inputs)
        {
            stopped.Deliver(input);
        }

        await WaitAsync(law, stopped.Pipeline.StopAsync(TimeSpan.Zero), "StopAsync").ConfigureAwait(false);
        await EndAsync(law, stopped).ConfigureAwait(false);
        await CheckNothingLeftAsync(law, stopped, "a stop").ConfigureAwait(false);
    }

    /// <summary>The same definition, run again, gives the same: state begins anew.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task RunsAgainAsync()
    {
        const string law = "a second run gives the same";
        var graph = Define();
        var first = (await RunAsync(law, graph, Inputs).ConfigureAwait(false)).Outputs();
        for (var i = 2; i <= 3; i++)
        {
            var again = await RunAsync(law, graph, Inputs).ConfigureAwait(false);
            CheckOutputs(law, again.Outputs(), first, $"in run {i}");
        }
    }

    /// <summary>A stop at any moment ends the run, and no element is unaccounted for.</summary>
    /// <param name="seed">What makes the moment, the settings and the deadline; the same seed makes the same ones.</param>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task StopsAtAnyMomentAsync(int seed)
    {
        var law = $"a stop at any moment ends the run (seed {seed})";
        var random = new LawRandom(seed);
        var graph = Define(new StreamOptions { Capacity = random.Next(1, 5), Fuse = random.Next(2) == 0 });
        var deadline = random.Next(3) switch { 0 => TimeSpan.Zero, 1 => TimeSpan.FromSeconds(3), _ => Timeout.InfiniteTimeSpan };
        var run = graph.Start();
        var emits = random.Next(1, 40);
        var stopAt = random.Next(emits);
        var yields = random.Next(20);
        Task<StopReport>? stop = null;
        for (var i = 0; i < emits; i++)
        {
            run.Deliver(Inputs[i % Inputs.Count]);
            if (random.Next(3) == 0)
            {
                await Task.Yield();
            }

            if (i == stopAt)
            {
                stop = StopSoonAsync(run.Pipeline, yields, deadline);
            }
        }

        await DriveAsync(law, run, stop!, $"StopAsync with the deadline {deadline}").ConfigureAwait(false);
        await EndAsync(law, run).ConfigureAwait(false);
        var report = await stop!.ConfigureAwait(false);
        Check(law, report.Unfinished.Count == 0, $"nodes were still running after the stop: {string.Join(", ", report.Unfinished)}.");
        CheckAllEnded(law, run);
        var sums = CheckSums(law, run);
        Check(law, sums.Failed == 0, $"{sums.Failed} elements failed though no delegate did.");
        Check(law, deadline != Timeout.InfiniteTimeSpan || sums.Abandoned == 0, $"{sums.Abandoned} elements were abandoned though the stop had no deadline.");
        await CheckNothingLeftAsync(law, run, "a stop").ConfigureAwait(false);
    }

    private static async Task<StopReport> StopSoonAsync(Pipeline pipeline, int yields, TimeSpan deadline)
    {
        for (var i = 0; i < yields; i++)
        {
            await Task.Yield();
        }

        return await pipeline.StopAsync(deadline).ConfigureAwait(false);
    }

    private void CheckAllEnded(string law, LawRun<TIn, TOut> run)
    {
        var running = run.Pipeline.Run.Nodes.Where(node => node.Segment is not null && !node.HasEnded).Select(node => node.NodeName).ToList();
        Check(law, running.Count == 0, $"the pipeline completed, but these nodes have not ended: {string.Join(", ", running)}.");
    }

    private async Task CheckNothingLeftAsync(string law, LawRun<TIn, TOut> run, string after)
    {
        await WaitAsync(law, run.Pipeline.Run.Activity.WhenAtRestAsync(settled: false), $"the pipeline's counters to be idle after {after}").ConfigureAwait(false);
        await WaitAsync(law, run.Graph.Clock.WhenNoTimersAsync(), $"all timers to be disposed after {after}").ConfigureAwait(false);
    }
}
