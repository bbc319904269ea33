using System.Globalization;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The slice operator: a part of the stream by position, with the meaning of a slice of a list.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends behind the last
/// position of the slice, or with its input; sources that work for nobody else are stopped then, and what still comes is dropped and counted. Elements
/// before and between the positions are delivered without going on. <b>Faults:</b> has none of its own. Positions are counted anew in every run.
/// </remarks>
public static class SliceOperator
{
    /// <summary>Lets the elements through from a position up to another, in steps.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="start">The position of the first element that goes on, counted from zero; not negative. The default is 0.</param>
    /// <param name="end">
    /// The position before which the slice ends; not negative. The default is null: it does not end. If it is not behind
    /// <paramref name="start"/>, nothing goes on.
    /// </param>
    /// <param name="step">The distance between the positions of elements that go on, counted from <paramref name="start"/>; one or more. The default is 1.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of the elements at these positions.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="start"/> or <paramref name="end"/> is negative, or <paramref name="step"/> is less than one: a stream has no end to count from.
    /// </exception>
    public static Stream<T> Slice<T>(this Stream<T> stream, long start = 0, long? end = null, long step = 1, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        if (end is { } position)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(position, nameof(end));
        }

        return stream.Then(
            new OperatorNode<T, T>("slice", () => new SliceStage<T>(start, end ?? long.MaxValue, step))
            {
                Kind = NodeKind.Stateful,
                Details = string.Create(CultureInfo.InvariantCulture, $"{start}..{end}") + (step == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" step {step}")),
            },
            options);
    }

    /// <summary>Lets the elements through that are in a range of positions, in steps.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="range">The positions, counted from the start of the stream, for example <c>10..20</c> or <c>5..</c>.</param>
    /// <param name="step">The distance between the positions of elements that go on, counted from the start of the range; one or more. The default is 1.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of the elements at these positions.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="range"/> counts from the end, which a stream does not know, or <paramref name="step"/> is less than one.
    /// </exception>
    public static Stream<T> Slice<T>(this Stream<T> stream, Range range, long step = 1, NodeOptions? options = null)
    {
        // An open range ends at ^0.
        if (range.Start.IsFromEnd || range.End is { IsFromEnd: true, Value: > 0 })
        {
            throw new ArgumentOutOfRangeException(nameof(range), range, "A stream does not know its end before it is there. Count from the start.");
        }

        return stream.Slice(range.Start.Value, range.End.IsFromEnd ? null : range.End.Value, step, options);
    }

    private sealed class SliceStage<T>(long start, long end, long step) : Stage<T, T>, ISnapshot
    {
        private long _position;
        private long _next = start;

        internal override bool IsForwarding => end == long.MaxValue;

        private bool IsOver => _next >= end && end != long.MaxValue;

        public override ValueTask OnStartAsync()
        {
            CompleteIfOver();
            return default;
        }

        public override ValueTask OnElementAsync(Element<T> element)
        {
            if (IsOver)
            {
                Context.Drop(element.Context);
                return default;
            }

            var position = _position++;
            if (position != _next)
            {
                return default;
            }

            _next = step > long.MaxValue - position ? long.MaxValue : position + step;
            return IsOver ? FinishAsync(element) : PushAsync(element);
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (_position > 0)
            {
                snapshot.Write("position", _position);
                snapshot.Write("next", _next);
            }
        }

        public void Restore(SnapshotReader snapshot) => (_position, _next) = (snapshot.Read<long>("position"), snapshot.Read<long>("next"));

        private async ValueTask FinishAsync(Element<T> last)
        {
            await PushAsync(last).ConfigureAwait(true);
            CompleteIfOver();
        }

        private void CompleteIfOver()
        {
            if (IsOver)
            {
                Context.Complete();
            }
        }
    }
}
