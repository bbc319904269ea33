using System.Globalization;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The repeat operator: the whole stream, several times.</summary>
/// <remarks>
/// <b>Order:</b> kept, each time. <b>Buffering:</b> all elements, at most <c>maxCount</c>. <b>Back-pressure:</b> waits for downstream.
/// <b>Completion:</b> when the input ends, what came is emitted again, then the stream ends. <b>Faults:</b> an element that would be one more
/// than <c>maxCount</c> fails and meets the node's error policy. An element is delivered when its last repetition is. In Rx a
/// repetition subscribes anew, so that its source makes the elements again; a pipeline has one run of its sources, so that
/// they are recorded and played back, and endless repetition is not offered.
/// </remarks>
public static class RepeatOperator
{
    /// <summary>Emits each element as it comes, and all of them again when the input has ended.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="count">How often the stream is emitted in all; one or more. With 1 nothing is repeated, and nothing recorded.</param>
    /// <param name="maxCount">How many elements may be recorded; one or more. The default is 100,000.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of the elements, <paramref name="count"/> times.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> or <paramref name="maxCount"/> is less than one.</exception>
    public static Stream<T> Repeat<T>(this Stream<T> stream, int count, int maxCount = 100_000, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        return stream.Then(
            new OperatorNode<T, T>("repeat", () => new RepeatStage<T>(count, maxCount))
            {
                Kind = NodeKind.Stateful,
                Details = count.ToString(CultureInfo.InvariantCulture),
            },
            options);
    }

    private sealed class RepeatStage<T>(int count, int maxCount) : Stage<T, T>, ISnapshot
    {
        private readonly List<Element<T>> _recorded = [];
        private bool _playing;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            // What a loop brings back of the repetitions passes only, or it would never end.
            if (count > 1 && !_playing)
            {
                if (_recorded.Count >= maxCount)
                {
                    throw new InvalidOperationException($"The element would be one more than the {maxCount} that are recorded. Give a larger maxCount, or take fewer elements.");
                }

                element.Context?.Hold();
                _recorded.Add(element);
            }

            return PushAsync(element);
        }

        public void Save(SnapshotWriter snapshot)
        {
            snapshot.WriteElements("recorded", _recorded);
            snapshot.Write("playing", _playing);
        }

        public void Restore(SnapshotReader snapshot)
        {
            _recorded.AddRange(snapshot.ReadElements<T>("recorded"));
            _playing = snapshot.Read<bool>("playing");
        }

        public override async ValueTask OnFlushAsync()
        {
            if (_playing)
            {
                return;
            }

            _playing = true;
            for (var time = 1; time < count; time++)
            {
                foreach (var element in _recorded)
                {
                    if (IsHalted)
                    {
                        // Their tickets end with the run, as abandoned.
                        return;
                    }

                    await PushAsync(element).ConfigureAwait(true);
                }
            }

            Batch.Release(_recorded);
            _recorded.Clear();
        }
    }
}
