using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>How several elements that are there already are taken in: those that have room together, and the rest by whoever makes room.</summary>
/// <remarks>
/// <para>
/// The gate, and the look whether the segment is idle, cost as much as many elements, and waking a sender as much as a hundred. So what has room lands together, and is
/// posted at once if the segment is idle. What has none waits as one waiter with the rest in its hands: granted, it is emptied as far as there is room, by the thread that
/// has made it, and waits on. It is woken when nothing is left.
/// </para>
/// <para>
/// Nobody is overtaken. While others wait, one element is taken, and the waiter goes to the end of the queue, where the sender's next call would have been. Whatever is not
/// plain (a port that is closed or moved, keeps elements out, or keeps the newest only) ends the waiting early: the sender goes on one by one, where all of that is settled.
/// </para>
/// </remarks>
internal sealed partial class Port<T>
{
    // Others wait at the gate meanwhile.
    private const int MostTogether = 64;

    // A sender looks now and then whether it is watched or told to stop.
    private const int MostOfOneWait = 4_096;

    /// <summary>Puts the first elements of several, and waits for room if it must.</summary>
    /// <returns>How many were taken; zero if the first is to be put alone.</returns>
    public ValueTask<int> PutManyAsync(ReadOnlyMemory<T> values, IManySender<T> sender, CancellationToken cancellation)
    {
        int taken;
        PutWaiter<T>? waiter = null;
        Chunk? chunk;
        var now = Now();
        values = values[..Math.Min(values.Length, MostOfOneWait)];
        lock (Segment.Gate)
        {
            if (!TakesMany(sender))
            {
                return default;
            }

            taken = _waiting == 0 ? AppendMany(values.Span, sender, now) : 0;
            chunk = taken > 0 ? TakeIfIdle() : null;
            if (taken < values.Length && taken < MostTogether && sender.Ingress?.FindRefusal() is null)
            {
                waiter = TakeWaiter(cancellation);
                waiter.Prepare(values[taken..], taken, sender, ++_queued, cancellation);
                Enqueue(waiter);
                if (sender.Ingress is { } ingress)
                {
                    ingress.Waiting++;
                }

                sender.Flow?.Block(0);
            }
        }

        Dispatch(chunk);
        return waiter is null ? new(taken) : WaitForMany(waiter);
    }

    private bool TakesMany(IManySender<T> sender) => !_halted && !_keepsOut && !_keepsNewest && sender.GoesOnAt(this);

    /// <summary>An element of the waiter was taken. Takes more of it, if nobody else waits, and lets it wait for the rest. Called under the gate.</summary>
    /// <returns>Whether it waits on.</returns>
    private bool WaitsOn(PutWaiter<T> waiter, long now)
    {
        if (waiter.Many is not { } sender || !waiter.TryAdvance(1) || !TakesMany(sender)
            || (_waiting == 1 && !waiter.TryAdvance(AppendMany(waiter.Rest.Span, sender, now))))
        {
            return false;
        }

        waiter.Number = ++_queued;
        _waiters.Enqueue(waiter);
        return true;
    }

    /// <summary>Takes in what has room. Called under the gate, while nobody else waits.</summary>
    private int AppendMany(ReadOnlySpan<T> values, IManySender<T> sender, long now)
    {
        var taken = 0;
        if (_dispatcher is not null || _loop is not null || _arrivals is not null)
        {
            while (taken < values.Length && taken < MostTogether && HasRoom())
            {
                Append(new Element<T>(values[taken++], null), now);
            }
        }
        else if (FindRoom(Math.Min(values.Length, MostTogether)) is var room and > 0)
        {
            taken = room;
            _senders.Accepted += taken;
            Store(values[..taken]);
        }

        sender.Count(taken);
        return taken;
    }

    /// <summary>How many of so many elements have room. Called under the gate, while nobody is kept out.</summary>
    private int FindRoom(int wanted)
    {
        var room = Places - (_senders.Accepted - _senders.SeenReturned);
        if (room < wanted)
        {
            _senders.SeenReturned = _taker.AllReturned;
            room = Places - (_senders.Accepted - _senders.SeenReturned);
        }

        return (int)Math.Min(room, wanted);
    }

    private void Store(ReadOnlySpan<T> values)
    {
        var open = Segment.Open;
        ref var buffer = ref _buffers[open.Parity];
        ref var count = ref _senders.Gathered(open.Parity);
        var behind = count + values.Length;
        if (behind > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, behind));
        }

        var free = buffer.AsSpan(count, values.Length);
        for (var i = 0; i < free.Length; i++)
        {
            free[i] = new Element<T>(values[i], null);
        }

        count = behind;
        open.Count(this, values.Length);
    }

    private ValueTask<int> WaitForMany(PutWaiter<T> waiter)
    {
        Announced(waiter);
        return waiter.HowMany;
    }
}

/// <summary>Who puts several elements, one after the other. All members are called under the gate of the port's segment.</summary>
internal interface IManySender<T>
{
    /// <summary>The flow that waits, if it is one of the run's.</summary>
    FlowTracker? Flow { get; }

    /// <summary>The ingress that it waits at, if it is an emitter.</summary>
    Ingress<T>? Ingress { get; }

    /// <summary>Whether the next element goes to the same port.</summary>
    bool GoesOnAt(Port<T> port);

    /// <summary>Counts elements that were taken.</summary>
    void Count(int taken);
}
