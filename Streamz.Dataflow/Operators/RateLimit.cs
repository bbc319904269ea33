using System.Globalization;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The rate limit operator.</summary>
/// <remarks>
/// <b>Order:</b> kept, nothing is dropped. <b>Buffering:</b> none: the element waits where it is, and emitters are paced exactly.
/// <b>Back-pressure:</b> upstream waits. <b>Completion:</b> ends with its input. <b>Faults:</b> has none of its own.
/// The first element passes at once; idle time saves up no credit.
/// </remarks>
public static class RateLimitOperator
{
    /// <summary>Lets elements pass at least a time apart.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="interval">The time between the starts of two elements; more than zero.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The same elements.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is not more than zero.</exception>
    public static Stream<T> RateLimit<T>(this Stream<T> stream, TimeSpan interval, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        var rate = new Rate(interval);
        return stream.Then(
            new OperatorNode<T, T>("rate_limit", () => new RateLimitStage<T>(rate))
            {
                Kind = NodeKind.Timing,
                Rate = rate,
                MayWait = true,
                InputsPerOutput = 1,
            },
            options);
    }

    private sealed class RateLimitStage<T>(Rate rate) : Stage<T, T>
    {
        private bool _hasPassed;
        private long _last;

        public override async ValueTask OnElementAsync(Element<T> element)
        {
            var clock = Context.TimeProvider;
            var now = clock.GetTimestamp();
            if (_hasPassed)
            {
                // Again after a timer that came early: two elements are never closer than the interval.
                for (var left = rate.Interval - clock.GetElapsedTime(_last, now); left > TimeSpan.Zero; left = rate.Interval - clock.GetElapsedTime(_last, now))
                {
                    await Context.WaitAsync(left).ConfigureAwait(true);
                    now = clock.GetTimestamp();
                }
            }

            _hasPassed = true;
            _last = now;
            await PushAsync(element).ConfigureAwait(true);
        }
    }
}
