using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The debounce operator.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> the newest element; the next one within the time replaces it. <b>Back-pressure:</b> while an element
/// is being pushed on, what comes waits in the input queue, and is judged by the time at which it was accepted there.
/// <b>Completion:</b> the element that is held is emitted when the input ends. <b>Faults:</b> has none of its own. An element that was
/// replaced is dropped and counted. Rx.NET calls this <c>Throttle</c>.
/// </remarks>
public static class DebounceOperator
{
    /// <summary>Emits an element once no other has followed it for a time: the last of each burst.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="quietTime">
    /// How long no other element may come; more than zero. A stream that never pauses for so long gives nothing before it ends;
    /// <see cref="SampleOperator"/> gives an element in each interval.
    /// </param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The last elements of bursts.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="quietTime"/> is not more than zero.</exception>
    public static Stream<T> Debounce<T>(this Stream<T> stream, TimeSpan quietTime, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(quietTime, TimeSpan.Zero);
        return stream.Then(
            new OperatorNode<T, T>("debounce", () => new DebounceStage<T>(quietTime))
            {
                Kind = NodeKind.Timing,
                Details = Duration.Text(quietTime),
                IsBoundary = true,
                NotesArrivals = true,
                InputsPerOutput = 1,
            },
            options);
    }

    /// <summary>The tick is armed once in a burst and looks again when it comes: setting a timer costs more than an element.</summary>
    private sealed class DebounceStage<T>(TimeSpan quietTime) : Stage<T, T>, ISnapshot
    {
        private (Element<T> Element, long Arrived)? _held;
        private bool _ticks;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            var now = Context.ArrivedAt;
            if (_held is { } held)
            {
                if (Context.TimeProvider.GetElapsedTime(held.Arrived, now) >= quietTime)
                {
                    // It was quiet long enough, but the tick that would have said so is late.
                    return EmitAndHoldAsync(element, now);
                }

                Context.Drop(held.Element.Context);
                held.Element.Context?.Release();
            }

            Hold(element, now);
            return default;
        }

        public override ValueTask OnTickAsync()
        {
            _ticks = false;
            if (_held is not { } held)
            {
                return default;
            }

            var left = quietTime - Context.TimeProvider.GetElapsedTime(held.Arrived);
            if (left <= TimeSpan.Zero)
            {
                return EmitAsync();
            }

            Arm(left);
            return default;
        }

        public override ValueTask OnFlushAsync() => EmitAsync();

        public void Save(SnapshotWriter snapshot)
        {
            if (_held is { } held)
            {
                snapshot.Write("held", Context.TimeProvider.ToAged(held.Element, held.Arrived));
            }
        }

        public void Restore(SnapshotReader snapshot)
        {
            var held = snapshot.Read<Aged<T>>("held");
            Hold(new Element<T>(held.Value, null), Context.TimeProvider.GetTimestampBefore(held.Age));
        }

        private async ValueTask EmitAndHoldAsync(Element<T> element, long now)
        {
            await EmitAsync().ConfigureAwait(true);
            Hold(element, now);
        }

        private async ValueTask EmitAsync()
        {
            if (_held is { } held)
            {
                _held = null;
                await PushAsync(held.Element).ConfigureAwait(true);
                held.Element.Context?.Release();
            }
        }

        private void Hold(Element<T> element, long now)
        {
            element.Context?.Hold();
            _held = (element, now);
            if (!_ticks)
            {
                Arm(quietTime - Context.TimeProvider.GetElapsedTime(now));
            }
        }

        private void Arm(TimeSpan left)
        {
            _ticks = true;
            Context.ScheduleTick(left);
        }
    }
}
