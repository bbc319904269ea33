using System.Threading.Channels;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>What happens when an observable gives an element and there is no room for it. An observable cannot wait, unless its thread is blocked.</summary>
public enum ObservableFullMode
{
    /// <summary>The pipeline stops with a <see cref="PipelineFullException"/>, after the elements before. The default.</summary>
    Fault,

    /// <summary>The element that has waited longest is dropped and counted.</summary>
    DropOldest,

    /// <summary>The new element is dropped and counted.</summary>
    DropNewest,

    /// <summary>
    /// The thread that gives the element is blocked until there is room. It must not be one that the pipeline needs: give elements from
    /// elsewhere than the pipeline's own delegates.
    /// </summary>
    Block,
}

public static partial class StreamSource
{
    private const int DefaultObservableCapacity = 128;

    /// <summary>Subscribes to an observable when the pipeline starts, and emits what it gives.</summary>
    /// <remarks>
    /// <b>Order:</b> that in which elements are given. <b>Buffering:</b> up to <paramref name="capacity"/> elements wait for the pipeline.
    /// <b>Back-pressure:</b> an observable is not asked for elements, it gives them; <paramref name="whenFull"/> says what happens to those that find
    /// no room. One that gives its elements as soon as it is subscribed to wants <see cref="ObservableFullMode.Block"/>.
    /// <b>Completion:</b> ends with the observable, after all that waits; when the pipeline stops, the subscription is disposed, and what waits is
    /// dropped and counted. <b>Faults:</b> the error of the observable stops the pipeline, after the elements before it. Each run subscribes anew,
    /// on a thread of the pool.
    /// </remarks>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="observable">The observable.</param>
    /// <param name="capacity">How many elements may wait; at least 1. The default is 128.</param>
    /// <param name="whenFull">What happens to an element that finds no room. The default is <see cref="ObservableFullMode.Fault"/>.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of elements.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="observable"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1, or <paramref name="whenFull"/> is no such mode.</exception>
    public static Stream<T> FromObservable<T>(
        IObservable<T> observable,
        int capacity = DefaultObservableCapacity,
        ObservableFullMode whenFull = ObservableFullMode.Fault,
        StreamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(observable);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (!Enum.IsDefined(whenFull))
        {
            throw new ArgumentOutOfRangeException(nameof(whenFull), whenFull, "from_observable knows no such mode. Choose Fault, DropOldest, DropNewest or Block.");
        }

        return new Stream<T>(new SourceNode<T>("from_observable", () => new ObservableStage<T>(observable, capacity, whenFull), options)
        {
            Details = $"capacity={capacity}, {whenFull}",
        });
    }

    private sealed class ObservableStage<T>(IObservable<T> observable, int capacity, ObservableFullMode whenFull) : SourceStage<T>
    {
        public override async Task RunAsync(SourceContext<T> context)
        {
            var observer = new QueueingObserver<T>(capacity, whenFull, context.Drop);

            // Elsewhere: an observable may give its elements, and be made to wait, before its Subscribe returns.
            var subscribing = Task.Run(() => Subscribe(observer));
            try
            {
                while (await context.AwaitAsync(observer.Reader.WaitToReadAsync(context.Stopping)).ConfigureAwait(true))
                {
                    await EmitWaitingAsync(context, observer.Reader).ConfigureAwait(true);
                }
            }
            finally
            {
                observer.Close();
                var unsubscribing = UnsubscribeAsync(subscribing);
                if (unsubscribing.IsCompleted)
                {
                    await unsubscribing.ConfigureAwait(true);
                }
            }
        }

        private static async Task EmitWaitingAsync(SourceContext<T> context, ChannelReader<T> waiting)
        {
            while (waiting.TryRead(out var value))
            {
                try
                {
                    await context.EmitAsync(value).ConfigureAwait(true);
                }
                catch (OperationCanceledException)
                {
                    context.Drop();
                    throw;
                }
            }
        }

        private static async Task UnsubscribeAsync(Task<IDisposable?> subscribing) =>
            (await subscribing.ConfigureAwait(false))?.Dispose();

        private IDisposable? Subscribe(QueueingObserver<T> observer)
        {
            try
            {
                return observable.Subscribe(observer);
            }
            catch (Exception failure)
            {
                observer.OnError(failure);
                return null;
            }
        }
    }

    private sealed class QueueingObserver<T> : IObserver<T>
    {
        private readonly Channel<T> _waiting;
        private readonly int _capacity;
        private readonly ObservableFullMode _whenFull;
        private readonly Action _drop;

        public QueueingObserver(int capacity, ObservableFullMode whenFull, Action drop)
        {
            _capacity = capacity;
            _whenFull = whenFull;
            _drop = drop;
            var mode = whenFull switch
            {
                ObservableFullMode.DropOldest => BoundedChannelFullMode.DropOldest,
                ObservableFullMode.DropNewest => BoundedChannelFullMode.DropWrite,
                _ => BoundedChannelFullMode.Wait,
            };
            _waiting = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { FullMode = mode, SingleReader = true }, _ => drop());
        }

        public ChannelReader<T> Reader => _waiting.Reader;

        public void OnNext(T value)
        {
            while (!_waiting.Writer.TryWrite(value))
            {
                if (_whenFull == ObservableFullMode.Fault)
                {
                    // Without effect on one that is completed, which refuses elements as well.
                    _waiting.Writer.TryComplete(new PipelineFullException(
                        $"The observable gave an element while {_capacity} waited already. Raise the capacity of FromObservable, or say with whenFull what to lose (DropOldest, DropNewest) or that its thread waits (Block)."));
                    return;
                }

                if (!WaitForRoom())
                {
                    return;
                }
            }
        }

        public void OnError(Exception error) => _waiting.Writer.TryComplete(error);

        public void OnCompleted() => _waiting.Writer.TryComplete();

        /// <summary>Takes nothing any more, lets those go who wait for room, and drops what has waited.</summary>
        public void Close()
        {
            _waiting.Writer.TryComplete();
            while (_waiting.Reader.TryRead(out _))
            {
                _drop();
            }
        }

        /// <returns>Whether there may be room now; false if nothing is taken any more.</returns>
        private bool WaitForRoom()
        {
            try
            {
                return _waiting.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult();
            }
            catch (Exception)
            {
                // Completed with an error, which is told to the pipeline.
                return false;
            }
        }
    }
}
