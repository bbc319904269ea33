using Streamz.Dataflow.Samples.AccessLog;

namespace Streamz.Dataflow.Samples.Live;

/// <summary>Emits the lines that a busy server would write, more of them and then fewer, until it is told to stop.</summary>
internal sealed class Traffic(AccessLogSimulator simulator, TimeProvider clock)
{
    private const double MeanRate = 1_500;
    private const double Swing = 700;
    private const double SecondsOfSwing = 20;

    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _longestStep = TimeSpan.FromSeconds(1);

    /// <summary>The lines that the pipeline has admitted.</summary>
    public long Emitted { get; private set; }

    /// <summary>How many lines are emitted in the first part of a run, if the pipeline keeps up.</summary>
    public static long LinesWithin(TimeSpan time)
    {
        var angle = 2 * Math.PI * time.TotalSeconds / SecondsOfSwing;
        return (long)((MeanRate * time.TotalSeconds) + (Swing * SecondsOfSwing / (2 * Math.PI) * (1 - Math.Cos(angle))));
    }

    /// <param name="source">Where the lines go.</param>
    /// <param name="duration">When to end; null for never.</param>
    /// <param name="stopping">Ends it before that, between two lines.</param>
    public async Task RunAsync(StreamSource<string> source, TimeSpan? duration, CancellationToken stopping)
    {
        var started = clock.GetUtcNow();
        var elapsed = TimeSpan.Zero;
        var seen = clock.GetTimestamp();
        while (!stopping.IsCancellationRequested && elapsed != duration)
        {
            await Task.Delay(_step, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // A process that was suspended for an hour does not make up for it.
            var now = clock.GetTimestamp();
            var passed = clock.GetElapsedTime(seen, now);
            elapsed += passed < _longestStep ? passed : _longestStep;
            elapsed = elapsed < duration || duration is null ? elapsed : duration.Value;
            seen = now;
            for (var due = LinesWithin(elapsed); Emitted < due && !stopping.IsCancellationRequested; Emitted++)
            {
                await source.EmitAsync(simulator.Next(started + elapsed), CancellationToken.None);
            }
        }
    }
}
