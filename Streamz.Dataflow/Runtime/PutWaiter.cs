using System.Threading.Tasks.Sources;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// One sender that waits for a place in a port. It is in the port's queue until it is granted, refused or cancelled, which
/// happens once, under the segment's gate; after that its result is set, outside the gate.
/// </summary>
/// <remarks>Waiters that nobody can cancel are used again after their result was read, so that waiting allocates nothing.</remarks>
internal sealed class PutWaiter<T>(Port<T> port) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;

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

    public ValueTask Task => new(this, _core.Version);

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

    void IValueTaskSource.GetResult(short token)
    {
        try
        {
            _core.GetResult(token);
        }
        finally
        {
            _registration.Dispose();
            _registration = default;
            Element = default;
            if (!Cancellation.CanBeCanceled)
            {
                _core.Reset();
                port.Recycle(this);
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Cancel() => port.Cancel(this);
}
