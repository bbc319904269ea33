namespace Streamz.Dataflow.Testing;

// The laws about delegates that fail or hang.
public abstract partial class OperatorLaws<TIn, TOut>
{
    /// <summary>
    /// A fault, of the operator's delegate or of the sink behind it, reaches every emitter that waits, the next emit and
    /// <see cref="Pipeline.Completion"/>, under the name of the node; and every node ends.
    /// </summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task FaultReachesAllAsync()
    {
        const string law = "a fault reaches all";
        var graph = Define(new StreamOptions { Capacity = 2 });
        if (graph.Observer is not null)
        {
            graph.Probe.FailAtWrite = 0;
            graph.Probe.ShutGate();
            await CheckFaultAsync(law, graph, "law sink").ConfigureAwait(false);
        }

        if (Delegate == LawDelegate.None)
        {
            return;
        }

        foreach (var failing in new[] { 0, 1 })
        {
            graph = Define(new StreamOptions { Capacity = 2 });
            graph.Probe.FailAtCall = failing;
            if (Delegate == LawDelegate.Asynchronous)
            {
                graph.Probe.DelegatesWait = true;
                graph.Probe.ShutGate();
            }

            await CheckFaultAsync(law, graph, NameOfDelegate(graph)).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// An <see cref="OperationCanceledException"/> or <see cref="TaskCanceledException"/> of a delegate is a failure like any
    /// other: it stops the pipeline under Stop, and drops only its own element under Skip.
    /// </summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task CancellationsAreFailuresAsync()
    {
        const string law = "cancellation exceptions are ordinary failures";
        if (Delegate == LawDelegate.None)
        {
            return;
        }

        foreach (var failure in new Exception[] { new OperationCanceledException("thrown by the laws suite"), new TaskCanceledException("thrown by the laws suite") })
        {
            var stopping = Define();
            stopping.Probe.Failure = failure;
            stopping.Probe.FailAtCall = 1;
            await CheckFaultAsync(law, stopping, NameOfDelegate(stopping)).ConfigureAwait(false);
            await CheckSkipAsync(law, failure).ConfigureAwait(false);
        }
    }

    /// <summary>A delegate that fails under Skip loses its own element, and no other.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task SkipLosesOneElementAsync()
    {
        if (Delegate != LawDelegate.None)
        {
            await CheckSkipAsync("a skipped element is the only one lost", new LawTestException()).ConfigureAwait(false);
        }
    }

    /// <summary>A delegate that hangs does not keep a stop from ending at its deadline, and nothing it gives later goes on.</summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task HangingDelegateIsAbandonedAsync()
    {
        const string law = "a delegate that hangs is abandoned at the deadline";
        if (Delegate != LawDelegate.Asynchronous)
        {
            return;
        }

        var graph = Define();
        graph.Probe.DelegatesWait = true;
        graph.Probe.ShutGate();
        var run = graph.Start();
        foreach (var input in Inputs)
        {
            run.Deliver(input);
        }

        await WaitAsync(law, run.Pipeline.SettleAsync(), "the pipeline to come to rest").ConfigureAwait(false);
        var stop = run.Pipeline.StopAsync(TimeSpan.FromSeconds(1));
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        run.Pipeline.Run.Aborted.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), aborted);
        graph.Clock.Advance(TimeSpan.FromSeconds(1));
        await WaitAsync(law, aborted.Task, "the abort at the deadline of StopAsync").ConfigureAwait(false);

        // A delegate that was given no token goes on now, and is too late.
        graph.Probe.OpenGate();
        await WaitAsync(law, stop, "StopAsync").ConfigureAwait(false);
        await EndAsync(law, run).ConfigureAwait(false);
        Check(
            law,
            run.Pipeline.Completion.Exception?.InnerException is PipelineAbortedException,
            $"the pipeline did not end with PipelineAbortedException, but: {run.Pipeline.Completion.Exception?.InnerException?.ToString() ?? "successfully"}.");
        var sums = CheckSums(law, run);
        Check(law, sums.Failed == 0, $"nothing failed, but there were {sums}.");
        Check(law, graph.Observer is null || run.Outputs().Count == 0, $"{run.Outputs().Count} outputs went on after the abort.");
        await CheckNothingLeftAsync(law, run, "the abort").ConfigureAwait(false);
    }

    private string NameOfDelegate(LawGraph<TIn, TOut> graph) => NodeOfDelegate ?? graph.Node.ToString();

    private async Task CheckFaultAsync(string law, LawGraph<TIn, TOut> graph, string nodeName)
    {
        var run = graph.Start();
        for (var round = 0; round < 3; round++)
        {
            foreach (var input in Inputs)
            {
                run.Deliver(input);
            }
        }

        await WaitAsync(law, run.Pipeline.SettleAsync(), "the pipeline to come to rest").ConfigureAwait(false);
        graph.Probe.OpenGate();
        await EndAsync(law, run).ConfigureAwait(false);
        var fault = run.Pipeline.Completion.Exception?.InnerException as NodeFailedException;
        Check(law, fault is not null, $"the pipeline did not end with NodeFailedException, but: {run.Pipeline.Completion.Exception?.InnerException?.ToString() ?? "successfully"}.");
        Check(law, fault!.NodeName == nodeName, $"the failure was reported for '{fault.NodeName}', but it was in '{nodeName}'.");
        Check(law, ReferenceEquals(fault.InnerException, graph.Probe.Failure), $"the failure has {fault.InnerException} inside, instead of what was thrown.");
        var next = graph.Source.EmitAsync(Inputs[0]).AsTask();
        await WaitAsync(law, next, "the next emit to be refused").ConfigureAwait(false);
        Check(law, next.Exception?.InnerException is NodeFailedException, $"the next emit did not throw NodeFailedException, but: {next.Exception?.InnerException?.ToString() ?? "was accepted"}.");
        CheckAllEnded(law, run);
        var sums = CheckSums(law, run);
        Check(law, sums.Failed > 0, $"no emitter was told of the failure: {sums}.");
        await CheckNothingLeftAsync(law, run, "the fault").ConfigureAwait(false);
    }

    private async Task CheckSkipAsync(string law, Exception failure)
    {
        var graph = Define(new StreamOptions { OnError = ErrorPolicy.Skip });
        graph.Probe.Failure = failure;
        graph.Probe.FailAtCall = 1;
        var run = await RunAsync(law, graph, Inputs).ConfigureAwait(false);
        var node = run.Pipeline.GetSnapshot().Nodes.Single(each => each.Name == NameOfDelegate(graph));
        Check(law, node.Failed == 1 && (node.Dropped == 1 || EndsEarly), $"under Skip {node.Failed} failures and {node.Dropped} drops were counted, instead of one each.");
        CheckSums(law, run);
        var lost = Enumerable.Range(0, Inputs.Count).Where(i => run.Deliveries[i] is { IsCompletedSuccessfully: true, Result: DeliveryOutcome.Dropped }).ToList();
        Check(law, lost.Count == 1 || (EndsEarly && lost.Count > 0), $"under Skip the elements at {ElementValues.Text(lost)} were dropped, instead of one.");
        CheckOutputs(law, run.Outputs(), [.. Model([.. Inputs.Where((_, i) => i != lost[0])])], $"under Skip, with element {lost[0]} skipped,");
    }
}
