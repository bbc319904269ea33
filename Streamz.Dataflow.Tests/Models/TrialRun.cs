using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Models;

/// <summary>Runs a trial in the engine, in virtual time.</summary>
/// <remarks>
/// Emits are not awaited: one that finds no room waits in the pipeline, as that of a user would who emits from several places.
/// The pipeline settles after each, so that the order in which several inputs reach a join is that of the emits.
/// </remarks>
internal static class TrialRun
{
    private const int MaxSecondsAfterEnd = 1_000;

    public static async Task<(IReadOnlyList<Timed<TOut>> Outputs, Exception? Failure)> RunAsync<TOut>(
        Func<IReadOnlyList<Stream<int>>, TimeProvider, Stream<TOut>> build, int sides, TimedInputs inputs, bool usesTime)
    {
        var clock = new FakeTimeProvider();
        var began = clock.GetUtcNow();
        var options = new StreamOptions { TimeProvider = clock };
        var sources = Enumerable.Range(0, sides).Select(_ => new StreamSource<int>(options)).ToList();
        List<Timed<TOut>> outputs = [];
        build(sources, clock).Sink(value =>
        {
            lock (outputs)
            {
                outputs.Add(new Timed<TOut>((clock.GetUtcNow() - began).TotalSeconds, value));
            }
        });
        var pipeline = sources[0].Start();
        var now = 0;
        foreach (var emit in inputs.Emits)
        {
            await MoveToAsync(emit.At).ConfigureAwait(false);
            Forget(sources[emit.Side], emit.Value);
            await pipeline.SettleAsync().ConfigureAwait(false);
        }

        await MoveToAsync(inputs.End).ConfigureAwait(false);
        foreach (var source in sources)
        {
            source.Complete();
            await pipeline.SettleAsync().ConfigureAwait(false);
        }

        for (var left = MaxSecondsAfterEnd; !pipeline.Completion.IsCompleted && left > 0; left--)
        {
            await MoveToAsync(now + 1).ConfigureAwait(false);
        }

        await pipeline.Completion.Ended();
        if (!pipeline.Completion.IsCompleted)
        {
            throw new TimeoutException($"The pipeline did not end within {MaxSecondsAfterEnd} seconds of virtual time after its inputs.");
        }

        lock (outputs)
        {
            return ([.. outputs], pipeline.Completion.Exception?.InnerException);
        }

        async Task MoveToAsync(int second)
        {
            // By whole seconds: two timers that are due one after the other would both see the time of the second.
            for (; now < second; now++)
            {
                if (usesTime)
                {
                    await pipeline.AdvanceAsync(clock, TimeSpan.FromSeconds(1)).ConfigureAwait(false);
                }
                else
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                }
            }
        }
    }

    private static void Forget(StreamSource<int> source, int value)
    {
        try
        {
            var emitted = source.EmitAsync(value);
            if (!emitted.IsCompletedSuccessfully)
            {
                // Refused because the pipeline has failed or ended: the model says whether it may.
                _ = emitted.AsTask().ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
            }
        }
        catch (Exception refused) when (refused is PipelineClosedException or NodeFailedException)
        {
            // Thrown at once instead of in the task: as above.
        }
    }
}
