using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>The side of a port that senders see: putting, waiting for a place, being refused.</summary>
internal sealed partial class Port<T>
{
    /// <summary>Puts an element for a flow of the run, which waits for a place as long as it takes.</summary>
    public ValueTask PutAsync(Element<T> element, FlowTracker sender, CancellationToken cancellation = default) =>
        PutAsync(element, sender, null, 0, cancellation);

    /// <summary>Puts an element for a flow of the run, and tells its partition the position when the element is accepted.</summary>
    public ValueTask PutAsync(Element<T> element, FlowTracker sender, CheckpointedPartition? partition, long position, CancellationToken cancellation)
    {
        PutWaiter<T> waiter;
        Chunk? chunk;
        ElementContext? replaced = null;
        var now = Now();
        lock (Segment.Gate)
        {
            if (_halted)
            {
                Refuse(element.Context);
                return default;
            }

            var isKeptOut = _keepsOut && sender.IsEntrance;
            if (_waiting == 0 && !isKeptOut && HasRoom())
            {
                replaced = Append(element, now);
                partition?.Accept(position);
                chunk = TakeIfIdle();
                waiter = null!;
            }
            else
            {
                chunk = null;
                waiter = TakeWaiter(cancellation);
                waiter.Prepare(element, sender, null, isKeptOut ? null : ++_queued, cancellation, partition, position);
                Enqueue(waiter);
                sender.Block(0);
            }
        }

        replaced?.Release();
        return waiter is null ? Dispatched(chunk) : Wait(waiter);
    }

    /// <summary>
    /// Puts an element for an emitter, which waits for a place as long as it takes. The ticket of an element that is not taken is withdrawn.
    /// </summary>
    public ValueTask EmitAsync(Element<T> element, Ingress<T> ingress, CancellationToken cancellation)
    {
        PutWaiter<T>? waiter = null;
        Chunk? chunk = null;
        ElementContext? replaced = null;
        var now = NowFor(element.Context);
        lock (Segment.Gate)
        {
            var isKeptOut = _keepsOut && KeepsOutEmitters;
            if (_waiting == 0 && !isKeptOut && !ingress.IsClosed && HasRoom())
            {
                ingress.Accepted++;
                replaced = Append(element, now, isEmitted: true);
                chunk = TakeIfIdle();
            }
            else if (ingress.Successor is null)
            {
                if (ingress.FindRefusal() is { } refusal)
                {
                    element.Context?.Withdraw();
                    return ValueTask.FromException(refusal);
                }

                waiter = TakeWaiter(cancellation);
                waiter.Prepare(element, null, ingress, isKeptOut ? null : ++_queued, cancellation);
                Enqueue(waiter);
                ingress.Waiting++;
            }
            else
            {
                ingress = ingress.Successor;
            }
        }

        replaced?.Release();
        return waiter is not null ? Wait(waiter) : ingress.Port == this ? Dispatched(chunk) : ingress.Port.EmitAsync(element, ingress, cancellation);
    }

    /// <summary>Puts an element for an emitter that does not wait.</summary>
    public bool TryEmit(Element<T> element, Ingress<T> ingress)
    {
        Chunk? chunk = null;
        ElementContext? replaced = null;
        var now = NowFor(element.Context);
        lock (Segment.Gate)
        {
            if (ingress.Successor is { } successor)
            {
                ingress = successor;
            }
            else
            {
                ingress.ThrowIfClosed();
                if (_waiting > 0 || (_keepsOut && KeepsOutEmitters) || !HasRoom())
                {
                    return false;
                }

                ingress.Accepted++;
                replaced = Append(element, now, isEmitted: true);
                chunk = TakeIfIdle();
            }
        }

        if (ingress.Port != this)
        {
            return ingress.Port.TryEmit(element, ingress);
        }

        replaced?.Release();
        Dispatch(chunk);
        return true;
    }

    /// <summary>Puts an element on a feedback edge, which never waits.</summary>
    public void PutFeedback(Element<T> element)
    {
        Chunk? chunk;
        ElementContext? replaced = null;
        bool taken;
        var now = Now();
        lock (Segment.Gate)
        {
            if (_halted)
            {
                Refuse(element.Context);
                return;
            }

            taken = HasRoom();
            if (taken)
            {
                replaced = Append(element, now);
            }

            chunk = taken ? TakeIfIdle() : null;
        }

        replaced?.Release();
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
                    $"The feedback edge {Feedback.Edge} is full: its capacity is {Places}, and an element that came round keeps its place while it is worked on, until what is made of it has gone on. Give it a capacity of {Places + 1L} or more, filter what goes round, or choose FeedbackFullMode.DropNewest."),
                element.Context);
        }
    }

    public override Inlet CreateEdge(FlowTracker sender, bool fromOutsideLoop) => new Edge(this, sender, fromOutsideLoop);

    public override IFeedRun CreateFeed() => new FeedRun<T>(this);

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

    public override int CountArriving()
    {
        lock (Segment.Gate)
        {
            return _waiters.Concat(_keptOut).Count(waiter => waiter is { IsQueued: true, Sender: null or { IsEntrance: true } });
        }
    }

    public override bool IsWaitedForBy(FlowTracker flow)
    {
        lock (Segment.Gate)
        {
            return _waiters.Concat(_keptOut).Any(waiter => waiter.IsQueued && waiter.Sender == flow);
        }
    }

    private bool HasRoom()
    {
        if (_senders.Accepted - _senders.SeenReturned < Places || _keepsNewest)
        {
            return true;
        }

        _senders.SeenReturned = _taker.AllReturned;
        return _senders.Accepted - _senders.SeenReturned < (long)Places + Lent;
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

    private ValueTask Dispatched(Chunk? chunk)
    {
        Dispatch(chunk);
        return default;
    }

    private ValueTask Wait(PutWaiter<T> waiter)
    {
        Announced(waiter);
        return waiter.Task;
    }

    private void Announced(PutWaiter<T> waiter)
    {
        // A place that was returned before anyone could see that somebody waits is found here.
        Interlocked.MemoryBarrier();
        if (_senders.Accepted - _taker.AllReturned < (long)Places + Lent)
        {
            GrantWhilePossible();
        }

        waiter.ListenForCancellation();
    }

    private PutWaiter<T> TakeWaiter(CancellationToken cancellation) =>
        cancellation.CanBeCanceled || !_spareWaiters.TryPop(out var waiter) ? new PutWaiter<T>(this) : waiter;

    private void Enqueue(PutWaiter<T> waiter)
    {
        if (waiter.Number is null)
        {
            KeepOut(waiter);
            return;
        }

        _waiters.Enqueue(waiter);
        _waiting++;
        if (waiter.Sender is not null)
        {
            ObserveJoin(+1);
        }
    }

    /// <summary>Lets a waiter leave the queue. Called under the gate.</summary>
    private void Leave(PutWaiter<T> waiter)
    {
        waiter.IsQueued = false;
        if (waiter.Number is null)
        {
            _keptOutCount--;
        }
        else
        {
            _waiting--;
            if (waiter.Sender is not null)
            {
                ObserveJoin(-1);
            }
        }

        waiter.Sender?.Unblock(0);

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
            ElementContext? replaced;
            bool waitsOn;
            var now = Diagnostics.StreamzMeter.MeasuresLatency ? Node.TimeProvider.GetTimestamp() : Now();
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
                replaced = Append(waiter.Element, now, isEmitted: waiter.Ingress is not null);
                waiter.Partition?.Accept(waiter.Position);
                waiter.CountElement();
                waitsOn = WaitsOn(waiter, now);
                if (!waitsOn)
                {
                    Leave(waiter);
                }

                chunk = TakeIfIdle();
            }

            replaced?.Release();
            if (!waitsOn)
            {
                waiter.Succeed();
            }

            Dispatch(chunk);
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

        internal override bool IsForwarding => true;

        internal override bool HasActivity => false;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            if (port.Feedback is null)
            {
                return port.PutAsync(element, sender);
            }

            port.PutFeedback(element);
            return default;
        }

        public Inlet For(FlowTracker other) => new Edge(port, other, fromOutsideLoop) { Owner = Owner };

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
