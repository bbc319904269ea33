using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The timeout operator.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> waits for downstream; that time does not count. <b>Completion:</b> ends
/// with its input, and looks no more. <b>Faults:</b> fails with a <see cref="TimeoutException"/> when nothing has come for too long, and meets
/// the node's error policy: under <see cref="ErrorPolicy.Skip"/> the silence is counted and logged, once for each time that it lasts.
/// How long one element may be worked on is said by <see cref="NodeOptions.Timeout"/> instead.
/// </remarks>
public static class TimeoutOperator
{
    /// <summary>Passes elements on, and fails when none comes for a time.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="time">
    /// How long nothing may come, from the start of the pipeline to the first element and from each element to the next; more than zero.
    /// </param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The same elements.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> is not more than zero.</exception>
    public static Stream<T> Timeout<T>(this Stream<T> stream, TimeSpan time, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        return stream.Then(
            new OperatorNode<T, T>("timeout", () => new TimeoutStage<T>(time))
            {
                Kind = NodeKind.Timing,
                Details = Duration.Text(time),
                IsBoundary = true,
                InputsPerOutput = 1,
            },
            options);
    }

    /// <summary>The tick looks again when it comes: setting a timer at each element would cost more than the element.</summary>
    private sealed class TimeoutStage<T>(TimeSpan time) : Stage<T, T>
    {
        private long _last;

        public override ValueTask OnStartAsync()
        {
            LookAgain();
            return default;
        }

        public override ValueTask OnElementAsync(Element<T> element)
        {
            var pushed = PushAsync(element);
            if (!pushed.IsCompletedSuccessfully)
            {
                return FinishAsync(pushed);
            }

            _last = Context.TimeProvider.GetTimestamp();
            return default;
        }

        public override ValueTask OnTickAsync()
        {
            var left = time - Context.TimeProvider.GetElapsedTime(_last);
            if (left > TimeSpan.Zero)
            {
                Context.ScheduleTick(left, isPending: false);
                return default;
            }

            LookAgain();
            throw new TimeoutException($"No element has come to '{Context.NodeName}' for {Duration.Text(time)}.");
        }

        private async ValueTask FinishAsync(ValueTask pushed)
        {
            await pushed.ConfigureAwait(true);
            _last = Context.TimeProvider.GetTimestamp();
        }

        private void LookAgain()
        {
            _last = Context.TimeProvider.GetTimestamp();
            Context.ScheduleTick(time, isPending: false);
        }
    }
}
