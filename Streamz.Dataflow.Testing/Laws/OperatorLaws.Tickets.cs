namespace Streamz.Dataflow.Testing;

// The laws about what emitters are told.
public abstract partial class OperatorLaws<TIn, TOut>
{
    /// <summary>
    /// Whoever follows an element that was accepted is told once that it is delivered, and then once that it is released: in a good run, when a
    /// delegate or the sink fails, and when the run is aborted in the middle. After a good run nothing is held any more.
    /// </summary>
    /// <returns>A task that completes when the law was seen to hold.</returns>
    /// <exception cref="LawViolationException">It does not hold.</exception>
    public async Task EveryFollowerIsToldOnceAsync()
    {
        const string law = "delivered once, then released once";
        var good = await FollowAsync(law, Define()).ConfigureAwait(false);
        CheckNothingHeld(law, good, "in a good run");
        foreach (var policy in new[] { ErrorPolicy.Stop, ErrorPolicy.Skip })
        {
            foreach (var failing in new[] { 0, 1 })
            {
                var graph = Define(new StreamOptions { OnError = policy });
                graph.Probe.FailAtCall = failing;
                graph.Probe.FailAtWrite = failing;
                var follower = await FollowAsync(law, graph).ConfigureAwait(false);
                if (policy == ErrorPolicy.Skip)
                {
                    CheckNothingHeld(law, follower, "under Skip");
                }
            }
        }

        var aborted = Define().Start();
        var told = new LawFollower();
        for (var i = 0; i < 3 * Inputs.Count; i++)
        {
            told.Emit(aborted.Graph.Source, Inputs[i % Inputs.Count]);
        }

        await WaitAsync(law, aborted.Pipeline.StopAsync(TimeSpan.Zero), "StopAsync").ConfigureAwait(false);
        await FinishAsync(law, aborted, told).ConfigureAwait(false);
    }

    private async Task<LawFollower> FollowAsync(string law, LawGraph<TIn, TOut> graph)
    {
        var run = graph.Start();
        var follower = new LawFollower();
        for (var i = 0; i < Inputs.Count; i++)
        {
            follower.Emit(graph.Source, Inputs[i]);
            await WaitAsync(law, run.Pipeline.AdvanceAsync(graph.Clock, PauseAfter(i), TimeStep), $"the pipeline to come to rest after element {i}").ConfigureAwait(false);
        }

        graph.Source.Complete();
        await FinishAsync(law, run, follower).ConfigureAwait(false);
        return follower;
    }

    private async Task FinishAsync(string law, LawRun<TIn, TOut> run, LawFollower follower)
    {
        await EndAsync(law, run).ConfigureAwait(false);
        await WaitAsync(law, follower.WhenAllEmittedAsync(), "every emit to complete").ConfigureAwait(false);
        Check(law, follower.FindViolation() is null, follower.FindViolation() ?? "");
    }

    private void CheckNothingHeld(string law, LawFollower follower, string when)
    {
        var held = follower.Released.Count(outcome => outcome is DeliveryOutcome.Abandoned or DeliveryOutcome.Failed);
        Check(law, held == 0, $"{when} {held} elements were still held when it was over.");
    }
}
