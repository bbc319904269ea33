using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The sample operator.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> the newest element; the next one before the sample replaces it. <b>Back-pressure:</b> while a sample
/// is being pushed on, what comes waits in the input queue. <b>Completion:</b> an element that was not sampled yet is emitted when the
/// input ends. <b>Faults:</b> has none of its own. An element that was replaced is dropped and counted.
/// </remarks>
public static class SampleOperator
{
    /// <summary>Emits, at the end of each interval, the newest element that came in it; nothing if none came.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="interval">
    /// The length of an interval; more than zero. The first begins when the pipeline starts, and they follow one another without a gap. An
    /// element that comes exactly between two counts as part of the second.
    /// </param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The samples.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is not more than zero.</exception>
    public static Stream<T> Sample<T>(this Stream<T> stream, TimeSpan interval, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        return stream.Then(
            new OperatorNode<T, T>("sample", () => new IntervalStage<T>(interval))
            {
                Kind = NodeKind.Timing,
                Details = Duration.Text(interval),
                IsBoundary = true,
                NotesArrivals = true,
                InputsPerOutput = 1,
            },
            options);
    }

    /// <summary>Emits, for each element of another stream, the newest element since the one before; nothing if none came.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TSampler">The type of the elements that ask for a sample; their values are ignored.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="sampler">The stream that asks for samples. When it ends, the newest element waits for the end of <paramref name="stream"/>.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The samples.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="sampler"/> is null.</exception>
    public static Stream<T> Sample<T, TSampler>(this Stream<T> stream, Stream<TSampler> sampler, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(sampler);
        return new JoinNode<T>("sample", [typeof(T), typeof(TSampler)], () => new SamplerStage<T, TSampler>()).Join(options, stream, sampler);
    }

    /// <summary>
    /// Intervals are told apart by the times of the arrivals and not by the ticks, so that a late tick changes no sample. A tick is
    /// armed only while there is something to sample.
    /// </summary>
    private sealed class IntervalStage<T>(TimeSpan interval) : Stage<T, T>, ISnapshot
    {
        private (Element<T> Element, long Interval)? _newest;
        private long? _restored;
        private long _began;

        public override ValueTask OnStartAsync()
        {
            _began = _restored ?? Context.TimeProvider.GetTimestamp();
            return default;
        }

        public override ValueTask OnElementAsync(Element<T> element)
        {
            // The first may have come before, and waited for its group to begin.
            var arrived = Context.ArrivedAt;
            _began = Math.Min(_began, arrived);
            var current = IntervalAt(arrived);
            if (_newest is { } newest)
            {
                if (newest.Interval != current)
                {
                    return EmitAndKeepAsync(element, current);
                }

                Context.Drop(newest.Element.Context);
                newest.Element.Context?.Release();
            }

            Keep(element, current);
            return default;
        }

        public override ValueTask OnTickAsync()
        {
            if (_newest is not { } newest)
            {
                return default;
            }

            if (TimeLeft(newest.Interval) <= TimeSpan.Zero)
            {
                return EmitAsync();
            }

            Arm(newest.Interval);
            return default;
        }

        public override ValueTask OnFlushAsync() => EmitAsync();

        public void Save(SnapshotWriter snapshot)
        {
            if (_newest is { } newest)
            {
                snapshot.Write("newest", Context.TimeProvider.ToAged(newest.Element, _began));
                snapshot.Write("interval", newest.Interval);
            }
        }

        public void Restore(SnapshotReader snapshot)
        {
            var newest = snapshot.Read<Aged<T>>("newest");
            _restored = _began = Context.TimeProvider.GetTimestampBefore(newest.Age);
            Keep(new Element<T>(newest.Value, null), snapshot.Read<long>("interval"));
        }

        private async ValueTask EmitAndKeepAsync(Element<T> element, long current)
        {
            await EmitAsync().ConfigureAwait(true);
            Keep(element, current);
        }

        private void Keep(Element<T> element, long current)
        {
            var begins = _newest is null;
            element.Context?.Hold();
            _newest = (element, current);
            if (begins)
            {
                Arm(current);
            }
        }

        private async ValueTask EmitAsync()
        {
            if (_newest is { } newest)
            {
                _newest = null;
                await PushAsync(newest.Element).ConfigureAwait(true);
                newest.Element.Context?.Release();
            }
        }

        private long IntervalAt(long timestamp) => Context.TimeProvider.GetElapsedTime(_began, timestamp).Ticks / interval.Ticks;

        private void Arm(long current) => Context.ScheduleTick(TimeLeft(current));

        private TimeSpan TimeLeft(long current) =>
            TimeSpan.FromTicks((current + 1) * interval.Ticks) - Context.TimeProvider.GetElapsedTime(_began);
    }

    private sealed class SamplerStage<T, TSampler> : JoinStage<T>, ISnapshot
    {
        private Element<T>? _newest;

        public SamplerStage()
        {
            AddInput<T>(Keep);
            AddInput<TSampler>(_ => EmitAsync());
        }

        public override ValueTask OnFlushAsync() => EmitAsync();

        public void Save(SnapshotWriter snapshot)
        {
            if (_newest is { } newest)
            {
                snapshot.Write("newest", newest.Value);
            }
        }

        public void Restore(SnapshotReader snapshot) => _newest = new Element<T>(snapshot.Read<T>("newest"), null);

        private ValueTask Keep(Element<T> element)
        {
            if (_newest is { } replaced)
            {
                Context.Drop(replaced.Context);
                replaced.Context?.Release();
            }

            element.Context?.Hold();
            _newest = element;
            return default;
        }

        private async ValueTask EmitAsync()
        {
            if (_newest is { } newest)
            {
                _newest = null;
                await PushAsync(newest).ConfigureAwait(true);
                newest.Context?.Release();
            }
        }
    }
}
