using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The throttle operator.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its input.
/// <b>Faults:</b> has none of its own. An element that comes too early is dropped and counted.
/// This is the throttle of RxJS and lodash, the leading edge. What Rx.NET calls <c>Throttle</c> is
/// <see cref="DebounceOperator.Debounce"/> here; <see cref="RateLimitOperator.RateLimit"/> makes elements wait instead of dropping them.
/// </remarks>
public static class ThrottleOperator
{
    /// <summary>Lets an element through and drops those that follow it within a time.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="interval">
    /// How long elements are dropped after one that went through; more than zero. An element that comes exactly then goes through.
    /// </param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The elements that went through, at least the interval apart.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is not more than zero.</exception>
    public static Stream<T> Throttle<T>(this Stream<T> stream, TimeSpan interval, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        return stream.Then(
            new OperatorNode<T, T>("throttle", () => new ThrottleStage<T>(interval))
            {
                Kind = NodeKind.Timing,
                Details = Duration.Text(interval),
                InputsPerOutput = 1,
            },
            options);
    }

    private sealed class ThrottleStage<T>(TimeSpan interval) : Stage<T, T>, ISnapshot
    {
        private bool _hasPassed;
        private long _last;

        internal override bool IsForwarding => true;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            var clock = Context.TimeProvider;
            var now = clock.GetTimestamp();
            if (_hasPassed && clock.GetElapsedTime(_last, now) < interval)
            {
                Context.Drop(element.Context);
                return default;
            }

            (_hasPassed, _last) = (true, now);
            return PushAsync(element);
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (_hasPassed && Context.TimeProvider.GetElapsedTime(_last) is var age && age < interval)
            {
                snapshot.Write("age", age);
            }
        }

        public void Restore(SnapshotReader snapshot) =>
            (_hasPassed, _last) = (true, Context.TimeProvider.GetTimestampBefore(snapshot.Read<TimeSpan>("age")));
    }
}
