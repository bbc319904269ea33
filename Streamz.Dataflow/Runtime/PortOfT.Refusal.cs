namespace Streamz.Dataflow.Runtime;

/// <summary>How senders leave the queue of a port without a place: refused, cancelled, or because the port was halted.</summary>
internal sealed partial class Port<T>
{
    public override void Halt()
    {
        var refused = new List<PutWaiter<T>>();
        lock (Segment.Gate)
        {
            _halted = true;
            foreach (var waiter in _waiters.Concat(_keptOut).Where(waiter => waiter.IsQueued))
            {
                Withdraw(waiter);
                refused.Add(waiter);
                if (waiter.Ingress is null)
                {
                    waiter.CountElement();
                }
                else if (_discards)
                {
                    // The pipeline goes on, only without this side of a join: what waits is taken, and dropped.
                    waiter.CountElement();
                    waiter.Element.Context?.Accept();
                }
            }

            _waiters.Clear();
            _keptOut.Clear();
        }

        ReachMarks();

        foreach (var waiter in refused)
        {
            if (waiter.Ingress is { } ingress && !_discards)
            {
                waiter.Fail(ingress.Closed());
                continue;
            }

            var context = waiter.Element.Context;
            Refuse(context);
            waiter.TryAdvance(1);
            if (waiter.Ingress is not null)
            {
                context?.Release();
            }

            waiter.Succeed();
        }

        Segment.Wake();
    }

    public override void Discard()
    {
        _discards = true;
        Halt();
    }

    public override void RefuseEmitters()
    {
        var refused = new List<PutWaiter<T>>();
        lock (Segment.Gate)
        {
            foreach (var waiter in _waiters.Concat(_keptOut))
            {
                if (waiter is { IsQueued: true, Ingress: not null })
                {
                    Withdraw(waiter);
                    refused.Add(waiter);
                }
            }

            // A waiter is used again once its result was read, and must not be found here then.
            DropWithdrawn();
        }

        ReachMarks();

        foreach (var waiter in refused)
        {
            waiter.Fail(waiter.Ingress!.Closed());
        }

        Segment.Wake();
    }

    /// <summary>Takes a waiter out of the queue because its token was cancelled.</summary>
    public void Cancel(PutWaiter<T> waiter)
    {
        // It may be the last of a source that was closed: until the segment has been woken the run is not idle.
        Segment.Run.Activity.Add(RunActivity.Moving);
        TakeOut(waiter);
        Segment.Run.Activity.Add(-RunActivity.Moving);
    }

    private void TakeOut(PutWaiter<T> waiter)
    {
        lock (Segment.Gate)
        {
            if (!waiter.IsQueued)
            {
                return;
            }

            Withdraw(waiter);
            if (_waiters.Count + _keptOut.Count > (2 * (_waiting + _keptOutCount)) + 16)
            {
                DropWithdrawn();
            }
        }

        ReachMarks();
        waiter.Fail(new OperationCanceledException(waiter.Cancellation));
        Segment.Wake();
    }

    private void DropWithdrawn()
    {
        _waiters = new Queue<PutWaiter<T>>(_waiters.Where(queued => queued.IsQueued));
        _keptOut = new Queue<PutWaiter<T>>(_keptOut.Where(queued => queued.IsQueued));
    }
}
