using System.Runtime.CompilerServices;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>An input queue of a segment for elements of one type.</summary>
/// <remarks>
/// <para>
/// Places: <c>_accepted</c> (written under the gate) minus <c>_returned</c> (written by whoever finishes an element,
/// interlocked) is the number taken. Senders keep an old reading of <c>_returned</c> and look again only when it says that the
/// port is full, so that the two sides do not fight for a cache line at each element.
/// </para>
/// <para>
/// No wake-up is lost: a sender first announces itself in <c>_waiting</c>, then looks at <c>_returned</c>, with a fence between;
/// whoever returns a place first writes <c>_returned</c>, then looks at <c>_waiting</c>, with a fence between. One of the two
/// sees the other. Waiters are granted in the order of the queue, and nobody overtakes a queue that is not empty.
/// </para>
/// </remarks>
internal sealed class Port<T> : Port
{
    private readonly Outlet<T> _target;
    private readonly IDispatcher<T>? _dispatcher;
    private readonly Port? _origin;
    private readonly Element<T>[][] _buffers = [new Element<T>[4], new Element<T>[4]];
    private readonly int[] _counts = new int[2];
    private readonly List<(long Until, TaskCompletionSource Done)> _marks = [];
    private readonly Stack<PutWaiter<T>> _spareWaiters = new();
    private Queue<PutWaiter<T>> _waiters = new();
    private int _position;
    private long _accepted;
    private long _seenReturned;
    private long _returned;
    private long _processed;
    private int _waiting;
    private int _marked;
    private int _kept;
    private bool _keepCurrent;
    private volatile bool _halted;

    /// <summary>Makes a port whose elements the segment delivers.</summary>
    /// <param name="address">Where the port is.</param>
    /// <param name="target">What the elements are delivered to.</param>
    /// <param name="origin">The port whose places the elements took, if they are results of a parallel node.</param>
    public Port(PortAddress address, Outlet<T> target, Port? origin = null)
        : base(address)
    {
        _target = target;
        _origin = origin;
        IsInternal = origin is not null;
    }

    /// <summary>Makes a port whose elements are handed to the workers of a parallel node.</summary>
    public Port(PortAddress address, IDispatcher<T> dispatcher)
        : base(address)
    {
        _target = new Outlet<T>();
        _dispatcher = dispatcher;
    }

    public override int Kept => Volatile.Read(ref _kept);

    public override int Occupied => (int)(Volatile.Read(ref _accepted) - Volatile.Read(ref _returned));

    public override long Accepted => Volatile.Read(ref _accepted);

    public override int Waiting => Volatile.Read(ref _waiting);

    protected override bool IsDrained =>
        _waiting == 0 && (_dispatcher is null ? _counts[Segment.Open.Parity] == 0 : _dispatcher.IsDrained);

    /// <summary>Puts an element for a flow of the run, which waits for a place as long as it takes.</summary>
    public ValueTask PutAsync(Element<T> element, FlowTracker sender, CancellationToken cancellation = default)
    {
        PutWaiter<T> waiter;
        Chunk? chunk;
        lock (Segment.Gate)
        {
            if (_halted)
            {
                Node.OnAbandoned(element.Context);
                return default;
            }

            if (_waiting == 0 && HasRoom())
            {
                Append(element);
                chunk = TakeIfIdle();
                waiter = null!;
            }
            else
            {
                chunk = null;
                waiter = Enqueue(element, sender, null, cancellation);
                sender.Block(0);
                ObserveJoin(+1);
            }
        }

        if (waiter is null)
        {
            Dispatch(chunk);
            return default;
        }

        GrantWhilePossible();
        waiter.ListenForCancellation();
        return waiter.Task;
    }

    /// <summary>Puts an element for an emitter, which waits for a place as long as it takes.</summary>
    public ValueTask EmitAsync(Element<T> element, Ingress<T> ingress, CancellationToken cancellation)
    {
        PutWaiter<T> waiter;
        Chunk? chunk;
        lock (Segment.Gate)
        {
            ingress.ThrowIfClosed();
            if (_waiting == 0 && HasRoom())
            {
                ingress.Accepted++;
                Append(element);
                chunk = TakeIfIdle();
                waiter = null!;
            }
            else
            {
                ingress.ThrowIfMayNotWait();
                chunk = null;
                waiter = Enqueue(element, null, ingress, cancellation);
                ingress.Waiting++;
            }
        }

        if (waiter is null)
        {
            Dispatch(chunk);
            return default;
        }

        GrantWhilePossible();
        waiter.ListenForCancellation();
        return waiter.Task;
    }

    /// <summary>Puts an element for an emitter that does not wait.</summary>
    public bool TryEmit(Element<T> element, Ingress<T> ingress)
    {
        Chunk? chunk;
        lock (Segment.Gate)
        {
            ingress.ThrowIfClosed();
            if (_waiting > 0 || !HasRoom())
            {
                return false;
            }

            ingress.Accepted++;
            Append(element);
            chunk = TakeIfIdle();
        }

        Dispatch(chunk);
        return true;
    }

    /// <summary>Puts an element on a feedback edge, which never waits.</summary>
    public void PutFeedback(Element<T> element)
    {
        Chunk? chunk;
        bool taken;
        lock (Segment.Gate)
        {
            if (_halted)
            {
                Node.OnAbandoned(element.Context);
                return;
            }

            taken = HasRoom();
            if (taken)
            {
                Append(element);
            }

            chunk = taken ? TakeIfIdle() : null;
        }

        if (taken)
        {
            Dispatch(chunk);
        }
        else if (Feedback!.WhenFull == FeedbackFullMode.DropNewest)
        {
            Node.Drop(element.Context);
        }
        else
        {
            Node.FailAndStop(
                new LoopOverflowException(
                    $"The feedback edge {Feedback.Edge} is full: {Places} elements wait on it. Give it a larger capacity, filter what goes round, or choose FeedbackFullMode.DropNewest."),
                element.Context);
        }
    }

    /// <summary>Stores the result of an element that took its place at another port. Called under the gate.</summary>
    public void Store(Element<T> element)
    {
        var open = Segment.Open;
        ref var buffer = ref _buffers[open.Parity];
        ref var count = ref _counts[open.Parity];
        if (count == buffer.Length)
        {
            Array.Resize(ref buffer, count * 2);
        }

        buffer[count++] = element;
        open.Count(this);
    }

    public override void KeepPlace()
    {
        _keepCurrent = true;
        _kept++;
    }

    public override void ReturnKept()
    {
        _kept--;
        ReturnPlace();
    }

    public override void ReturnPlace()
    {
        Interlocked.Increment(ref _returned);
        if (Volatile.Read(ref _waiting) > 0)
        {
            GrantWhilePossible();
        }
    }

    /// <summary>Finishes an element of this port: everything made from it here is pushed on, or it is held by its stage.</summary>
    public void Finish(ElementContext? context)
    {
        context?.Release();
        var port = _origin ?? this;
        if (_keepCurrent)
        {
            _keepCurrent = false;
        }
        else
        {
            port.ReturnPlace();
        }

        port.CountProcessed();

        // Last: a loop that comes to rest must find everything given back.
        Loop?.Exit();
    }

    public override void CountProcessed()
    {
        if (_dispatcher is null)
        {
            _processed++;
        }
        else
        {
            Interlocked.Increment(ref _processed);
        }

        if (Volatile.Read(ref _marked) > 0)
        {
            ReachMarks();
        }
    }

    public override async ValueTask ProcessAsync(int parity, int count)
    {
        var end = _position + count;
        while (_position < end)
        {
            if (!DeliverWhileSynchronous(_buffers[parity], end, out var pending))
            {
                Segment.Flow.LeaveStretch();
                await pending.ConfigureAwait(true);
                Segment.Flow.EnterStretch();
                Finish(_buffers[parity][_position++].Context);
            }

            if (Segment.IsRequested)
            {
                await Segment.ServeRequestsAsync().ConfigureAwait(true);
            }
        }
    }

    public override void ClearBuffer(int parity)
    {
        if (_counts[parity] > 0)
        {
            Array.Clear(_buffers[parity], 0, _counts[parity]);
            _counts[parity] = 0;
        }

        _position = 0;
    }

    public override void Halt()
    {
        var refused = new List<PutWaiter<T>>();
        lock (Segment.Gate)
        {
            _halted = true;
            while (_waiters.TryDequeue(out var waiter))
            {
                if (waiter.IsQueued)
                {
                    Leave(waiter);
                    refused.Add(waiter);
                }
            }
        }

        foreach (var waiter in refused)
        {
            if (waiter.Ingress is { } ingress)
            {
                waiter.Fail(ingress.Closed());
            }
            else
            {
                Node.OnAbandoned(waiter.Element.Context);
                waiter.Succeed();
            }
        }

        Segment.Wake();
    }

    public override void RefuseEmitters()
    {
        var refused = new List<PutWaiter<T>>();
        lock (Segment.Gate)
        {
            foreach (var waiter in _waiters)
            {
                if (waiter is { IsQueued: true, Ingress: not null })
                {
                    Leave(waiter);
                    refused.Add(waiter);
                }
            }
        }

        foreach (var waiter in refused)
        {
            waiter.Fail(waiter.Ingress!.Closed());
        }

        Segment.Wake();
    }

    public override Inlet CreateEdge(FlowTracker sender, bool fromOutsideLoop) => new Edge(this, sender, fromOutsideLoop);

    public override Task WhenProcessedAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (Segment.Gate)
        {
            // What waits now will be accepted next, in order, before anything that comes later.
            _marks.Add((_accepted + _waiting, done));
            Interlocked.Increment(ref _marked);
        }

        ReachMarks();
        return done.Task;
    }

    /// <summary>Takes back a waiter that was read, to be used again.</summary>
    public void Recycle(PutWaiter<T> waiter)
    {
        lock (Segment.Gate)
        {
            if (_spareWaiters.Count < 64)
            {
                _spareWaiters.Push(waiter);
            }
        }
    }

    /// <summary>Takes a waiter out of the queue because its token was cancelled.</summary>
    public void Cancel(PutWaiter<T> waiter)
    {
        lock (Segment.Gate)
        {
            if (!waiter.IsQueued)
            {
                return;
            }

            Leave(waiter);
            if (_waiters.Count > (2 * _waiting) + 16)
            {
                _waiters = new Queue<PutWaiter<T>>(_waiters.Where(queued => queued.IsQueued));
            }
        }

        waiter.Fail(new OperationCanceledException(waiter.Cancellation));
        Segment.Wake();
    }

    private bool HasRoom()
    {
        if (_accepted - _seenReturned < Places)
        {
            return true;
        }

        _seenReturned = Volatile.Read(ref _returned);
        return _accepted - _seenReturned < Places;
    }

    private void Append(Element<T> element)
    {
        _accepted++;
        element.Context?.Hold();
        Loop?.Enter();
        if (_dispatcher is null)
        {
            Store(element);
        }
        else
        {
            _dispatcher.Enqueue(element);
        }
    }

    private Chunk? TakeIfIdle() => _dispatcher is null ? Segment.TakeIfIdle() : null;

    private void Dispatch(Chunk? chunk)
    {
        if (_dispatcher is null)
        {
            Segment.Post(chunk);
        }
        else
        {
            _dispatcher.Start();
        }
    }

    private PutWaiter<T> Enqueue(Element<T> element, FlowTracker? sender, Ingress<T>? ingress, CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled || !_spareWaiters.TryPop(out var waiter))
        {
            waiter = new PutWaiter<T>(this);
        }

        waiter.Prepare(element, sender, ingress, cancellation);
        _waiters.Enqueue(waiter);
        _waiting++;
        return waiter;
    }

    /// <summary>Lets a waiter leave the queue. Called under the gate.</summary>
    private void Leave(PutWaiter<T> waiter)
    {
        waiter.IsQueued = false;
        _waiting--;
        if (waiter.Sender is { } sender)
        {
            ObserveJoin(-1);
            sender.Unblock(0);
        }

        if (waiter.Ingress is { } ingress)
        {
            ingress.Waiting--;
            ingress.EndIfClosedAndEmpty();
        }
    }

    private void GrantWhilePossible()
    {
        while (true)
        {
            PutWaiter<T>? waiter;
            Chunk? chunk;
            lock (Segment.Gate)
            {
                while (_waiters.TryPeek(out waiter) && !waiter.IsQueued)
                {
                    _waiters.Dequeue();
                }

                if (waiter is null || !HasRoom())
                {
                    return;
                }

                _waiters.Dequeue();
                Append(waiter.Element);
                if (waiter.Ingress is { } ingress)
                {
                    ingress.Accepted++;
                }

                Leave(waiter);
                chunk = TakeIfIdle();
            }

            waiter.Succeed();
            Dispatch(chunk);
        }
    }

    /// <summary>Delivers elements until one waits, a request comes or all are done.</summary>
    /// <returns>False if the element at the position waits.</returns>
    private bool DeliverWhileSynchronous(Element<T>[] buffer, int end, out ValueTask pending)
    {
        pending = default;
        while (_position < end)
        {
            ref var element = ref buffer[_position];
            if (_halted)
            {
                Node.OnAbandoned(element.Context);
            }
            else
            {
                pending = element.Context is null ? _target.PushAsync(element) : PushFollowedAsync(element);
                if (!pending.IsCompletedSuccessfully)
                {
                    return false;
                }
            }

            Finish(element.Context);
            _position++;
            if (Segment.IsRequested)
            {
                break;
            }
        }

        return true;
    }

    private ValueTask PushFollowedAsync(Element<T> element) =>
        element.Context!.Trace == default || !StreamzActivitySource.IsListenedTo
            ? _target.PushAsync(element)
            : PushTracedAsync(element);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async ValueTask PushTracedAsync(Element<T> element)
    {
        using var activity = StreamzActivitySource.StartProcessing(Node.NodeName, element.Context!);
        await _target.PushAsync(element).ConfigureAwait(true);
    }

    private void ReachMarks()
    {
        lock (Segment.Gate)
        {
            for (var i = _marks.Count - 1; i >= 0; i--)
            {
                if (Volatile.Read(ref _processed) >= _marks[i].Until)
                {
                    _marks[i].Done.TrySetResult();
                    _marks.RemoveAt(i);
                    Interlocked.Decrement(ref _marked);
                }
            }
        }
    }

    private void ObserveJoin(int change)
    {
        if (!Node.Node.PairsInputs)
        {
            return;
        }

        if (change > 0)
        {
            Segment.Run.Activity.Observe();
        }
        else
        {
            Segment.Run.Activity.Unobserve();
        }
    }

    /// <summary>The end of one edge: knows which flow pushes, so that the run knows what waits.</summary>
    private sealed class Edge(Port<T> port, FlowTracker sender, bool fromOutsideLoop) : Inlet<T>, IPortEdge
    {
        Port IPortEdge.Port => port;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            if (port.Feedback is null)
            {
                return port.PutAsync(element, sender);
            }

            port.PutFeedback(element);
            return default;
        }

        // A feedback edge is ended by its loop, which alone knows when nothing is moving.
        public void End()
        {
            if (port.Feedback is null)
            {
                port.EdgeEnded(fromOutsideLoop);
            }
        }
    }
}

/// <summary>Takes the elements of a port for the workers of a parallel node.</summary>
internal interface IDispatcher<T>
{
    /// <summary>Whether every element taken has its result delivered to the segment. Read under the gate.</summary>
    bool IsDrained { get; }

    /// <summary>Takes an element, in order. Called under the gate.</summary>
    void Enqueue(Element<T> element);

    /// <summary>Hands what was taken to the workers. Called outside the gate.</summary>
    void Start();
}
