namespace Streamz.Dataflow.Testing;

// The laws themselves.
public abstract partial class SourceLaws<T>
{
    /// <summary>A run gives the items, in order, and no others.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task GivesItsItemsAsync()
    {
        const string law = "gives its items";
        CheckItems(law, await RunAsync(law, Define()).ConfigureAwait(false), "in a good run");
    }

    /// <summary>A run ends once, and gives nothing after its end, however far the clock moves.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task EndsOnceAsync()
    {
        const string law = "ends exactly once, and gives nothing after";
        var run = await RunAsync(law, Define()).ConfigureAwait(false);
        var atTheEnd = run.Written().Count;
        run.Graph.Clock.Advance(TimeSpan.FromDays(1));
        await CheckNothingLeftAsync(law, run, "the end").ConfigureAwait(false);
        Check(law, run.Graph.Observer is { Ends: 1 }, $"it told downstream {run.Graph.Observer.Ends} times that it ended.");
        Check(law, run.Graph.Observer is { ElementsAfterTheEnd: 0 }, $"it gave {run.Graph.Observer.ElementsAfterTheEnd} elements after its end.");
        Check(law, run.Written().Count == atTheEnd, $"{run.Written().Count - atTheEnd} more elements were written after the pipeline had completed.");
    }

    /// <summary>While the sink does not move, no more elements are out than there are places; afterwards all of them come.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task ObeysBackPressureAsync()
    {
        const string law = "obeys back-pressure";
        var graph = Define(new StreamOptions { Capacity = 1 });
        graph.Probe.ShutGate();
        var taken = Taken ?? 0;
        var run = Start(graph);
        await DriveAsync(law, run, graph.Probe.WhenArrivedAsync(1), "the first element").ConfigureAwait(false);
        await WaitAsync(law, run.Pipeline.SettleAsync(), "the pipeline to come to rest").ConfigureAwait(false);
        if (UsesTime)
        {
            await WaitAsync(law, run.Pipeline.AdvanceAsync(graph.Clock, 10 * TimeStep, TimeStep), "the pipeline to come to rest").ConfigureAwait(false);
        }

        var nodes = run.Pipeline.GetSnapshot().Nodes;
        var places = nodes.Sum(node => node.Capacity);
        Check(law, nodes[0].Received <= places, $"{nodes[0].Received} elements were out, but there are {places} places, and the sink did not move.");
        Check(law, places < Items.Count, $"there are {places} places, so that {Items.Count} items show nothing. Give it more.");
        Check(
            law,
            Taken is not { } all || all - taken <= nodes[0].Received + MaxAhead,
            $"{Taken - taken} elements were taken from outside, of which the pipeline had accepted {nodes[0].Received}.");

        graph.Probe.OpenGate();
        await GatherAsync(law, run).ConfigureAwait(false);
        await FinishAsync(law, run).ConfigureAwait(false);
        CheckItems(law, run, "after the sink moved again");
    }

    /// <summary>
    /// When the pipeline stops, the source ends, whatever it is doing: beginning, waiting for a full pipeline, or waiting for more. What it has
    /// emitted is delivered, and nothing is left behind.
    /// </summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task StopsPromptlyAsync()
    {
        const string law = "stops when the pipeline stops";
        var beginning = Start(Define());
        await StopAsync(law, beginning, "a stop at the beginning").ConfigureAwait(false);

        var full = Define(new StreamOptions { Capacity = 1 });
        full.Probe.ShutGate();
        var blocked = Start(full);
        await DriveAsync(law, blocked, full.Probe.WhenArrivedAsync(1), "the first element").ConfigureAwait(false);
        await WaitAsync(law, blocked.Pipeline.SettleAsync(), "the pipeline to come to rest").ConfigureAwait(false);
        await StopAsync(law, blocked, "a stop while the pipeline is full").ConfigureAwait(false);

        var waiting = Start(Define());
        await GatherAsync(law, waiting).ConfigureAwait(false);
        await StopAsync(law, waiting, "a stop after all items").ConfigureAwait(false);
    }

    /// <summary>The same definition, started again, gives its items again, be it after an end or after a stop.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task RunsAgainAsync()
    {
        const string law = "started again, a new run that works";
        var graph = Define();
        for (var i = 1; i <= 3; i++)
        {
            var run = await RunAsync(law, graph).ConfigureAwait(false);
            CheckItems(law, run, $"in run {i}");
            await CheckNothingLeftAsync(law, run, $"run {i}").ConfigureAwait(false);
        }
    }

    /// <summary>A source that fails stops the pipeline with a <see cref="NodeFailedException"/> that names it, after the elements before.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task FailureNamesTheNodeAsync()
    {
        const string law = "a failing source faults the pipeline under its name";
        if (BuildFailing(new StreamOptions()) is null)
        {
            return;
        }

        var graph = Define(build: options => BuildFailing(options)!.Named("failing source"));
        var run = Start(graph);
        await EndAsync(law, run).ConfigureAwait(false);
        var fault = run.Pipeline.Completion.Exception?.InnerException as NodeFailedException;
        Check(law, fault is not null, $"the pipeline did not end with NodeFailedException, but: {run.Pipeline.Completion.Exception?.InnerException?.ToString() ?? "successfully"}.");
        Check(law, fault!.NodeName == "failing source", $"the failure was reported for '{fault.NodeName}', but it was in 'failing source'.");
        Check(law, fault.LaterFailures.Count == 0, $"one failure was reported {fault.LaterFailures.Count + 1} times.");
        var written = run.Written();
        Check(law, ElementValues.AreEqual(Items.Take(written.Count), written), $"before it failed it gave {ElementValues.Text(written)} instead of the first of {ElementValues.Text(Items)}.");
        await CheckNothingLeftAsync(law, run, "its failure").ConfigureAwait(false);
    }

    /// <summary>A fault elsewhere ends the source, and nothing is left behind.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task FaultElsewhereEndsItAsync()
    {
        const string law = "a fault elsewhere ends it";
        var graph = Define();
        graph.Probe.Fails = true;
        var run = Start(graph);
        await EndAsync(law, run).ConfigureAwait(false);
        var fault = run.Pipeline.Completion.Exception?.InnerException as NodeFailedException;
        Check(law, fault?.NodeName == "law sink", $"the pipeline did not end with the failure of the sink, but: {run.Pipeline.Completion.Exception?.InnerException?.ToString() ?? "successfully"}.");
        await CheckNothingLeftAsync(law, run, "the fault").ConfigureAwait(false);
    }

    private async Task StopAsync(string law, SourceRun run, string what)
    {
        var stopping = run.Pipeline.StopAsync(Timeout.InfiniteTimeSpan);
        run.Graph.Probe.OpenGate();
        await WaitAsync(law, stopping, what).ConfigureAwait(false);
        await EndAsync(law, run).ConfigureAwait(false);
        Check(law, run.Pipeline.Completion.IsCompletedSuccessfully, $"after {what} the run had failed: {run.Pipeline.Completion.Exception?.InnerException}");
        var (accepted, written) = (run.Pipeline.GetSnapshot().Nodes[0].Received, run.Written().Count);
        Check(law, accepted == written, $"after {what} {written} elements were written, of {accepted} that had been accepted.");
        await CheckNothingLeftAsync(law, run, what).ConfigureAwait(false);
    }
}
