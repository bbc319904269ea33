using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The bridge to observers.</summary>
/// <remarks>
/// <b>Order:</b> kept; observers are called one after the other, never two calls at once. <b>Buffering:</b> none. <b>Back-pressure:</b> an observer is
/// part of the pipeline: while <c>OnNext</c> runs, the pipeline waits. <b>Completion:</b> <c>OnCompleted</c> when the input has ended. <b>Faults:</b> <c>OnError</c> with the
/// <see cref="NodeFailedException"/> or <see cref="PipelineAbortedException"/> of the pipeline, on a thread of the pool. An exception of
/// <c>OnNext</c> fails the element, after all other observers have seen it, and meets the node's error policy.
/// </remarks>
public static class ToObservableOperator
{
    /// <summary>Gives the elements to observers.</summary>
    /// <remarks>
    /// The observable is hot: subscribing does not start the pipeline, an observer sees what comes from then on, and without
    /// observers elements are discarded. A subscription serves one run, the one that goes on or else the next, and ends with
    /// <c>OnCompleted</c> or <c>OnError</c>, once. Disposing it unsubscribes, also from within <c>OnNext</c>; the pipeline goes on.
    /// </remarks>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The observable.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static IObservable<T> ToObservable<T>(this Stream<T> stream, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var observers = new Observers<T>();
        stream.Then(new SinkNode<T>("to_observable", () => new NotifyingStage<T>(observers)), options);
        return observers;
    }

    private sealed class NotifyingStage<T>(Observers<T> observers) : BridgeStage<T>
    {
        public override ValueTask OnElementAsync(Element<T> element)
        {
            observers.Next(element.Value);
            return default;
        }

        protected override void OnEnd(Exception? failure) => observers.End(failure);
    }

    private sealed class Observers<T> : IObservable<T>
    {
        private ImmutableArray<Subscription<T>> _subscriptions = [];

        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            var subscription = new Subscription<T>(this, observer);
            ImmutableInterlocked.Update(ref _subscriptions, static (all, added) => all.Add(added), subscription);
            return subscription;
        }

        public void Remove(Subscription<T> subscription) =>
            ImmutableInterlocked.Update(ref _subscriptions, static (all, removed) => all.Remove(removed), subscription);

        public void Next(T value)
        {
            ExceptionDispatchInfo? first = null;
            foreach (var subscription in _subscriptions)
            {
                try
                {
                    subscription.Observer?.OnNext(value);
                }
                catch (Exception failure)
                {
                    first ??= ExceptionDispatchInfo.Capture(failure);
                }
            }

            first?.Throw();
        }

        public void End(Exception? failure)
        {
            foreach (var subscription in ImmutableInterlocked.InterlockedExchange(ref _subscriptions, []))
            {
                subscription.End(failure);
            }
        }
    }

    private sealed class Subscription<T>(Observers<T> observers, IObserver<T> observer) : IDisposable
    {
        private IObserver<T>? _observer = observer;

        /// <summary>Null when nothing may be said any more.</summary>
        public IObserver<T>? Observer => Volatile.Read(ref _observer);

        public void End(Exception? failure)
        {
            if (Interlocked.Exchange(ref _observer, null) is not { } last)
            {
                return;
            }

            if (failure is null)
            {
                last.OnCompleted();
            }
            else
            {
                last.OnError(failure);
            }
        }

        public void Dispose()
        {
            Volatile.Write(ref _observer, null);
            observers.Remove(this);
        }
    }
}
