using System.Globalization;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The delay operator.</summary>
/// <remarks>
/// <b>Order:</b> kept, and with it the time between two elements. <b>Buffering:</b> up to <c>maxCount</c> elements. <b>Back-pressure:</b>
/// upstream waits when that many are delayed; an element's time begins when it is accepted, also while downstream waits.
/// <b>Completion:</b> the end is delayed, too: what is held leaves in its time, so that stopping may take as long.
/// <b>Faults:</b> has none of its own; what it holds when the pipeline fails is abandoned. An element is delivered when it has
/// left at last.
/// </remarks>
public static class DelayOperator
{
    /// <summary>Shifts a stream in time: each element goes on a time after it came.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="time">How long an element is held; more than zero.</param>
    /// <param name="maxCount">
    /// How many elements may be held at once; one or more. The default is 10,000. A stream that brings more within <paramref name="time"/> has to wait.
    /// </param>
    /// <param name="options">The name of the node. A capacity stated here takes the place of <paramref name="maxCount"/>.</param>
    /// <returns>The same elements, later.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> is not more than zero, or <paramref name="maxCount"/> is less than one.</exception>
    public static Stream<T> Delay<T>(this Stream<T> stream, TimeSpan time, int maxCount = 10_000, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        return stream.Then(
            new OperatorNode<T, T>("delay", () => new DelayStage<T>(time))
            {
                Kind = NodeKind.Timing,
                Details = Duration.Text(time),
                IsBoundary = true,
                NotesArrivals = true,
                Capacity = maxCount,
                InputsPerOutput = 1,
            },
            options);
    }

    /// <summary>What is held keeps its place in the input queue, which is thereby the bound. One timer serves the oldest.</summary>
    private sealed class DelayStage<T>(TimeSpan time) : Stage<T, T>, ISnapshot
    {
        /// <summary>A timer takes no more than 49 days.</summary>
        private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(24);

        private readonly Queue<(Element<T> Element, long Arrived)> _held = new();

        public override ValueTask OnElementAsync(Element<T> element)
        {
            element.Context?.Hold();
            Context.KeepPlace(0);
            _held.Enqueue((element, Context.ArrivedAt));
            if (_held.Count == 1)
            {
                Context.ScheduleTick(TimeLeft());
            }

            return default;
        }

        public override async ValueTask OnTickAsync()
        {
            while (_held.Count > 0)
            {
                var left = TimeLeft();
                if (left > TimeSpan.Zero)
                {
                    Context.ScheduleTick(left);
                    return;
                }

                await PushOldestAsync().ConfigureAwait(true);
            }
        }

        public override async ValueTask OnFlushAsync()
        {
            while (_held.Count > 0)
            {
                await WaitForOldestAsync().ConfigureAwait(true);
                await PushOldestAsync().ConfigureAwait(true);
            }
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (_held.Count > 0)
            {
                snapshot.Write("held", _held.Select(held => Context.TimeProvider.ToAged(held.Element, held.Arrived)).ToArray());
            }
        }

        public void Restore(SnapshotReader snapshot)
        {
            foreach (var held in snapshot.Read<Aged<T>[]>("held"))
            {
                Context.KeepRestoredPlace(0);
                _held.Enqueue((new Element<T>(held.Value, null), Context.TimeProvider.GetTimestampBefore(held.Age)));
            }

            Context.ScheduleTick(TimeLeft());
        }

        private async ValueTask WaitForOldestAsync()
        {
            try
            {
                // Again after a timer that came early, or that could not be set for so long.
                for (var left = TimeLeft(); left > TimeSpan.Zero; left = TimeLeft())
                {
                    await Context.WaitAsync(left < s_longestWait ? left : s_longestWait).ConfigureAwait(true);
                }
            }
            catch (OperationCanceledException) when (IsHalted)
            {
                // Nobody wants what is held any more, and it goes the way of all that is pushed on then.
            }
        }

        private async ValueTask PushOldestAsync()
        {
            var element = _held.Dequeue().Element;
            await PushAsync(element).ConfigureAwait(true);
            element.Context?.Release();
            Context.ReturnPlace(0);
        }

        private TimeSpan TimeLeft() => time - Context.TimeProvider.GetElapsedTime(_held.Peek().Arrived);
    }
}
