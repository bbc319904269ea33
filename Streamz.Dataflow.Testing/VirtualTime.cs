using Microsoft.Extensions.Time.Testing;

namespace Streamz.Dataflow.Testing;

/// <summary>Runs pipelines on a clock that only moves when the test says so.</summary>
public static class VirtualTime
{
    /// <summary>
    /// Moves the clock of a pipeline on, step by step, and waits after each step until nothing moves any more without another one.
    /// </summary>
    /// <param name="pipeline">A pipeline whose <see cref="StreamOptions.TimeProvider"/> is <paramref name="clock"/>.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="time">How far to move it; not negative.</param>
    /// <param name="step">The length of a step; more than zero. The default is null: one step.</param>
    /// <returns>A task that completes when the clock has moved and the pipeline is settled.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pipeline"/> or <paramref name="clock"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> is negative, or <paramref name="step"/> is not more than zero.</exception>
    public static Task AdvanceAsync(this Pipeline pipeline, FakeTimeProvider clock, TimeSpan time, TimeSpan? step = null)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(clock);
        return AdvanceAsync(pipeline.WhenSettledAsync, clock, time, step);
    }

    /// <summary>
    /// Waits until nothing in the pipeline moves unless the clock, an emitter or user code that is being awaited does something.
    /// </summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <returns>A task that completes at that moment, or when the pipeline ends.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pipeline"/> is null.</exception>
    public static Task SettleAsync(this Pipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return pipeline.WhenSettledAsync();
    }

    /// <summary>Moves a clock on, step by step, and lets what runs by it settle after each.</summary>
    internal static Task AdvanceAsync(Func<Task> settle, FakeTimeProvider clock, TimeSpan time, TimeSpan? step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        if (step is { } length)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(length, TimeSpan.Zero, nameof(step));
        }

        return AdvanceByStepsAsync(settle, clock, time, step);
    }

    private static async Task AdvanceByStepsAsync(Func<Task> settle, FakeTimeProvider clock, TimeSpan time, TimeSpan? step)
    {
        await settle().ConfigureAwait(false);
        for (var left = time; left > TimeSpan.Zero;)
        {
            var next = step is { } one && one < left ? one : left;
            clock.Advance(next);
            left -= next;
            await settle().ConfigureAwait(false);
        }
    }
}
