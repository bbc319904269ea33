namespace Streamz.Dataflow.Runtime;

/// <summary>How a port keeps new elements out of the run while what is inside goes on.</summary>
/// <remarks>
/// <para>
/// Only entrances are kept out: sources and emitters, in a queue of their own, behind those that wait already. What is pushed from segment to
/// segment passes. Meanwhile an element that its stage holds takes no place: what waits behind a join that is full could otherwise only go on
/// if new elements came. So a port may have more elements than places afterwards, by no more than were inside at the time.
/// </para>
/// <para>All fields belong to the gate.</para>
/// </remarks>
internal sealed partial class Port<T>
{
    private Queue<PutWaiter<T>> _keptOut = new();
    private int _keptOutCount;
    private bool _keepsOut;

    public override bool IsQuiet => _waiting == 0 && IsEmpty;

    /// <summary>A delegate of the run that emits is part of what is inside, and whoever waits until that has gone on waits for it.</summary>
    private bool KeepsOutEmitters => Run.Current != Segment.Run;

    private int Lent => _keepsOut ? Kept : 0;

    public override void KeepOut()
    {
        lock (Segment.Gate)
        {
            _keepsOut = true;
        }

        GrantWhilePossible();
    }

    public override void LetIn()
    {
        lock (Segment.Gate)
        {
            _keepsOut = false;
            while (_keptOut.TryDequeue(out var waiter))
            {
                if (waiter.IsQueued)
                {
                    _keptOutCount--;
                    waiter.Number = ++_queued;
                    Enqueue(waiter);
                }
            }

            foreach (var mark in _marks.Where(mark => mark.Until == long.MaxValue))
            {
                Place(mark);
            }
        }

        ReachMarks();
        GrantWhilePossible();
    }

    public override void RestoreKept()
    {
        lock (Segment.Gate)
        {
            _senders.Accepted++;
        }

        _taker.Processed++;
        _kept++;
    }

    private void KeepOut(PutWaiter<T> waiter)
    {
        _keptOut.Enqueue(waiter);
        _keptOutCount++;
    }

    /// <summary>An element is held from now on: whoever waits for its place may have it, as long as new ones are kept out.</summary>
    private void LendKept()
    {
        if (Volatile.Read(ref _keepsOut) && Volatile.Read(ref _waiting) > 0)
        {
            GrantWhilePossible();
        }
    }
}
