using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The timed window operator.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> the elements of one window, at most <c>maxCount</c>: a window that is full is emitted early.
/// <b>Back-pressure:</b> while a window is being pushed on, upstream waits. <b>Completion:</b> the last window is emitted when the input ends.
/// <b>Faults:</b> has none of its own. The elements of a window are delivered with it.
/// </remarks>
public static class TimedWindowOperator
{
    /// <summary>Emits lists of what came within a time.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="interval">
    /// The length of a window; more than zero. A window begins with its first element; with <paramref name="emitEmpty"/>, windows follow
    /// one another without a gap from the start of the pipeline.
    /// </param>
    /// <param name="emitEmpty">Whether a window without elements is emitted. The default is false.</param>
    /// <param name="maxCount">The number of elements at which a window is emitted early; one or more. The default is 100,000.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of windows.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is not more than zero, or <paramref name="maxCount"/> is less than one.</exception>
    public static Stream<IReadOnlyList<T>> TimedWindow<T>(
        this Stream<T> stream,
        TimeSpan interval,
        bool emitEmpty = false,
        int maxCount = 100_000,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        return stream.Then(
            new OperatorNode<T, IReadOnlyList<T>>("timed_window", () => new TimedWindowStage<T>(interval, emitEmpty, maxCount))
            {
                Kind = NodeKind.Batching,
                Details = Duration.Text(interval),
                IsBoundary = true,
            },
            options);
    }

    private sealed class TimedWindowStage<T>(TimeSpan interval, bool emitEmpty, int maxCount) : Stage<T, IReadOnlyList<T>>
    {
        private List<Element<T>> _window = [];
        private long _began;

        public override ValueTask OnStartAsync()
        {
            if (emitEmpty)
            {
                _began = Context.TimeProvider.GetTimestamp();
                Context.ScheduleTick(interval);
            }

            return default;
        }

        public override ValueTask OnElementAsync(Element<T> element)
        {
            element.Context?.Hold();
            _window.Add(element);
            if (_window.Count == maxCount)
            {
                return EmitAsync();
            }

            if (_window.Count == 1 && !emitEmpty)
            {
                _began = Context.TimeProvider.GetTimestamp();
                Context.ScheduleTick(interval);
            }

            return default;
        }

        public override async ValueTask OnTickAsync()
        {
            var clock = Context.TimeProvider;
            var left = interval - clock.GetElapsedTime(_began);
            if (left <= TimeSpan.Zero)
            {
                if (emitEmpty)
                {
                    // From the plan, not from now: windows do not drift, and one that was missed is not made up for.
                    left = interval + TimeSpan.FromTicks(left.Ticks % interval.Ticks);
                    _began = clock.GetTimestamp() - ((interval - left).Ticks * clock.TimestampFrequency / TimeSpan.TicksPerSecond);
                }

                if (_window.Count > 0 || emitEmpty)
                {
                    await EmitAsync().ConfigureAwait(true);
                }

                if (!emitEmpty)
                {
                    return;
                }

                left = interval - clock.GetElapsedTime(_began);
            }

            Context.ScheduleTick(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        public override ValueTask OnFlushAsync() => _window.Count > 0 ? EmitAsync() : default;

        private async ValueTask EmitAsync()
        {
            if (!emitEmpty)
            {
                Context.CancelTick();
            }

            var members = _window;
            _window = [];
            await PushAsync(Batch.Of(members)).ConfigureAwait(true);
            Batch.Release(members);
        }
    }
}
