using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Testing;

// The laws about what goes through.
public abstract partial class OperatorLaws<TIn, TOut>
{
    /// <summary>The outputs are those of the model, and not more than the node declares to owe.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task GivesWhatItOwesAsync()
    {
        const string law = "gives what it owes";
        var graph = Define();
        var run = await RunAsync(law, graph, Inputs).ConfigureAwait(false);
        CheckOutputs(law, run.Outputs(), [.. Model(Inputs)], $"for {ElementValues.Text(Inputs)}");
        if (graph.Node is { InputsPerOutput: { } needed, InputTypes.Count: 1 })
        {
            var most = (Inputs.Count + needed - 1) / needed;
            Check(law, run.Outputs().Count <= most, $"it declares that an output needs {needed} inputs, but made {run.Outputs().Count} outputs of {Inputs.Count}.");
        }
    }

    /// <summary>The default value of a type, null included, is an element like any other.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task DefaultValuesPassAsync()
    {
        const string law = "default values pass";
        var run = await RunAsync(law, Define(), DefaultInputs).ConfigureAwait(false);
        CheckOutputs(law, run.Outputs(), [.. Model(DefaultInputs)], $"for {ElementValues.Text(DefaultInputs)}");
        CheckSums(law, run);
    }

    /// <summary>Whether nodes share a block, and how many places there are, changes nothing in what is given.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task FusionChangesNothingAsync()
    {
        const string law = "fused = unfused = capacity 1";
        var expected = (await RunAsync(law, Define(), Inputs).ConfigureAwait(false)).Outputs();
        foreach (var options in new[]
        {
            new StreamOptions { Fuse = false },
            new StreamOptions { Capacity = 1 },
            new StreamOptions { Fuse = false, Capacity = 1 },
        })
        {
            var other = await RunAsync(law, Define(options), Inputs).ConfigureAwait(false);
            CheckOutputs(law, other.Outputs(), expected, $"with Fuse = {options.Fuse} and Capacity = {options.Capacity}");
        }
    }

    /// <summary>
    /// In a pipeline that has a thread of its own, delegates are called and outputs are written on that thread, although what is downstream goes away from it now and then.
    /// </summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task StaysOnItsThreadAsync()
    {
        const string law = "stays on its thread";
        var graph = Define(new StreamOptions { RunOn = RunOn.DedicatedThread(law) });
        if (Delegate == LawDelegate.Synchronous && GraphOrder.Downstream(graph.Source.Node).Any(node => node.MaxDegreeOfParallelism > 1))
        {
            // Refused: such delegates would run one at a time.
            return;
        }

        graph.Probe.Thread = law;
        await RunAsync(law, graph, Inputs).ConfigureAwait(false);
        Check(law, graph.Probe.Strays == 0, $"{graph.Probe.Strays} calls came on other threads.");
    }

    /// <summary>
    /// Every element that was accepted is delivered, dropped, failed or abandoned, and every <c>DeliverAsync</c> completes: in a good
    /// run, and when a delegate or the sink fails under Stop or Skip.
    /// </summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task EveryTicketIsSettledAsync()
    {
        const string law = "accepted = delivered + dropped + failed + abandoned";
        var good = CheckSums(law, await RunAsync(law, Define(), Inputs).ConfigureAwait(false));
        Check(law, IsGood(good), $"in a good run there were {good}.");
        foreach (var policy in new[] { ErrorPolicy.Stop, ErrorPolicy.Skip })
        {
            foreach (var failing in new[] { 0, 1 })
            {
                var graph = Define(new StreamOptions { OnError = policy });
                graph.Probe.FailAtCall = failing;
                graph.Probe.FailAtWrite = failing;
                var run = graph.Start();
                await FeedAsync(law, run, Inputs).ConfigureAwait(false);
                graph.Source.Complete();
                await EndAsync(law, run).ConfigureAwait(false);
                var sums = CheckSums(law, run);
                Check(law, policy != ErrorPolicy.Skip || IsGood(sums), $"under Skip there were {sums}.");
                Check(law, policy != ErrorPolicy.Skip || run.Pipeline.Completion.IsCompletedSuccessfully, $"under Skip the run failed: {run.Pipeline.Completion.Exception?.InnerException}");
            }
        }
    }

    /// <summary>A sink that does not finish makes emitters wait: no more is accepted than there are places, and what the operator holds.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task SlowSinkBoundsItAsync()
    {
        const string law = "a slow sink bounds it";
        var graph = Define(new StreamOptions { Capacity = 4 });
        if (graph.Observer is null && Delegate != LawDelegate.Asynchronous)
        {
            // A sink that never waits.
            return;
        }

        graph.Probe.DelegatesWait = graph.Observer is null;
        graph.Probe.ShutGate();
        var run = graph.Start();
        var places = run.Pipeline.GetSnapshot().Nodes.Sum(node => node.Capacity);
        var bound = (places * MaxInputsPerOutput) + MaxHeld;
        var inputs = Enumerable.Range(0, (4 * bound) + 64).Select(i => Inputs[i % Inputs.Count]).ToList();
        foreach (var input in inputs)
        {
            run.Deliver(input);
        }

        await ComeToRestAsync(law, run).ConfigureAwait(false);
        long accepted;
        do
        {
            // A continuation of a delegate may still have been on its way: then more comes in, until nothing is.
            accepted = run.Accepted;
            while (accepted - run.Deliveries.Count(delivery => delivery.IsCompleted) > bound)
            {
                await WaitAsync(
                    law,
                    Task.WhenAny(run.Deliveries.Where(delivery => !delivery.IsCompleted)),
                    $"elements to be settled: {accepted} were accepted and {run.Deliveries.Count(delivery => !delivery.IsCompleted)} of all are not settled, with {places} places and {MaxHeld} held, while the sink did not move").ConfigureAwait(false);
            }

            await ComeToRestAsync(law, run).ConfigureAwait(false);
        }
        while (run.Accepted != accepted);

        Check(law, DropsWhenBusy || accepted < inputs.Count, $"all {accepted} elements were accepted, though the sink did not move; there are {places} places.");

        graph.Probe.OpenGate();
        graph.Source.Complete();
        await EndAsync(law, run).ConfigureAwait(false);
        var sums = CheckSums(law, run);
        Check(law, IsGood(sums), $"after the sink moved again there were {sums}.");
        if (!UsesTime && !DropsWhenBusy)
        {
            CheckOutputs(law, run.Outputs(), [.. Model(inputs)], "after the sink moved again");
        }
    }

    private bool IsGood(Deliveries sums) => sums is { Failed: 0, Abandoned: 0 } && (sums.Refused == 0 || EndsEarly);

    private async Task ComeToRestAsync(string law, LawRun<TIn, TOut> run)
    {
        await WaitAsync(law, run.Pipeline.SettleAsync(), "the pipeline to come to rest").ConfigureAwait(false);
        if (UsesTime)
        {
            await WaitAsync(law, run.Pipeline.AdvanceAsync(run.Graph.Clock, 50 * TimeStep, TimeStep), "the pipeline to come to rest").ConfigureAwait(false);
        }
    }

    private Deliveries CheckSums(string law, LawRun<TIn, TOut> run)
    {
        Deliveries sums;
        try
        {
            sums = Deliveries.Of(run.Deliveries);
        }
        catch (InvalidOperationException strange)
        {
            throw Broken(law, strange.Message);
        }

        // An emit that was refused by a fault and one that failed throw the same.
        var settled = sums.Delivered + sums.Dropped + sums.Abandoned;
        var accepted = run.Accepted;
        Check(
            law,
            settled <= accepted && accepted <= settled + sums.Failed,
            $"{accepted} elements were accepted, and of {run.Deliveries.Count} emits there are {sums}.");
        return sums;
    }
}
