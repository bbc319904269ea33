using System.Threading.Tasks.Sources;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// One sender that waits for a place in a port. It is in the port's queue until it is granted, refused or cancelled, which
/// happens once, under the segment's gate; after that its result is set, outside the gate.
/// </summary>
/// <remarks>Waiters that nobody can cancel are used again after their result was read, so that waiting allocates nothing.</remarks>
internal sealed class PutWaiter<T>(Port<T> port) : IValueTaskSource, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private int _taken;

    public Element<T> Element { get; private set; }

    /// <summary>The flow that waits, if it is one of the run's.</summary>
    public FlowTracker? Sender { get; private set; }

    /// <summary>The ingress that an emitter waits at, if it is one.</summary>
    public Ingress<T>? Ingress { get; private set; }

    /// <summary>Whether the waiter is still in the queue. Guarded by the gate.</summary>
    public bool IsQueued { get; set; }

    /// <summary>The position among all waiters that the port has had; none while it is kept out.</summary>
    public long? Number { get; set; }

    /// <summary>The partition that the element has come from, if its position is saved.</summary>
    public CheckpointedPartition? Partition { get; private set; }

    /// <summary>Where to go on behind the element in its partition.</summary>
    public long Position { get; private set; }

    public CancellationToken Cancellation { get; private set; }

    /// <summary>Who waits with several elements, if there may be more than one. Their rest and number are guarded by the gate.</summary>
    public IManySender<T>? Many { get; private set; }

    /// <summary>The element that waits, and those behind it.</summary>
    public ReadOnlyMemory<T> Rest { get; private set; }

    public ValueTask Task => new(this, _core.Version);

    /// <summary>Completes with the number of elements that were taken, since the sender asked to have several taken.</summary>
    public ValueTask<int> HowMany => new(this, _core.Version);

    public void Prepare(
        Element<T> element,
        FlowTracker? sender,
        Ingress<T>? ingress,
        long? number,
        CancellationToken cancellation,
        CheckpointedPartition? partition = null,
        long position = 0)
    {
        Element = element;
        Sender = sender;
        Ingress = ingress;
        Cancellation = cancellation;
        Number = number;
        Partition = partition;
        Position = position;
        IsQueued = true;
    }

    /// <summary>Waits with several elements.</summary>
    /// <param name="rest">Those that were not taken yet; not empty.</param>
    /// <param name="taken">How many were taken without waiting.</param>
    /// <param name="sender">Who waits.</param>
    /// <param name="number">The position among all waiters.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public void Prepare(ReadOnlyMemory<T> rest, int taken, IManySender<T> sender, long number, CancellationToken cancellation)
    {
        Prepare(new Element<T>(rest.Span[0], null), sender.Flow, sender.Ingress, number, cancellation);
        (Many, Rest, _taken) = (sender, rest, taken);
    }

    /// <summary>Goes on to the next of several elements.</summary>
    /// <param name="taken">How many were taken.</param>
    /// <returns>Whether any is left.</returns>
    public bool TryAdvance(int taken)
    {
        if (Many is null)
        {
            return false;
        }

        _taken += taken;
        Rest = Rest[taken..];
        Element = Rest.IsEmpty ? default : new Element<T>(Rest.Span[0], null);
        return !Rest.IsEmpty;
    }

    /// <summary>The element that waits was taken.</summary>
    public void CountElement()
    {
        if (Many is not null)
        {
            Many.Count(1);
        }
        else if (Ingress is not null)
        {
            Ingress.Accepted++;
        }
    }

    /// <summary>Listens to the token; called outside the gate, since a cancelled token calls back at once.</summary>
    public void ListenForCancellation()
    {
        if (Cancellation.CanBeCanceled)
        {
            _registration = Cancellation.UnsafeRegister(static (state, _) => ((PutWaiter<T>)state!).Cancel(), this);
        }
    }

    public void Succeed() => _core.SetResult(true);

    public void Fail(Exception reason)
    {
        if (Ingress is not null)
        {
            Element.Context?.Withdraw();
        }

        _core.SetException(reason);
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    int IValueTaskSource<int>.GetResult(short token) => GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private int GetResult(short token)
    {
        try
        {
            _core.GetResult(token);
            return _taken;
        }
        finally
        {
            _registration.Dispose();
            _registration = default;
            Element = default;
            (Many, Rest, _taken) = (null, default, 0);
            if (!Cancellation.CanBeCanceled)
            {
                _core.Reset();
                port.Recycle(this);
            }
        }
    }

    private void Cancel() => port.Cancel(this);
}
