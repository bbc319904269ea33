using System.Runtime.CompilerServices;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>An input queue of a segment for elements of one type.</summary>
/// <remarks>
/// <para>
/// Places: <c>Accepted</c> (written under the gate) minus <c>AllReturned</c> (written by whoever finishes an element) is the number
/// taken. Senders keep an old reading of what was returned and look again only when it says that the
/// port is full, so that the two sides do not fight for a cache line at each element.
/// </para>
/// <para>
/// No wake-up is lost: a sender first announces itself in <c>_waiting</c>, then looks at what was returned, with a fence between;
/// whoever returns a place first writes that, then looks at <c>_waiting</c>, with a fence between. One of the two
/// sees the other. The running chunk saves itself the fence, which costs as much as the rest of its bookkeeping, while it sees somebody wait anyway: it lets in whoever
/// waits when it next does so. Waiters are granted in the order of the queue, and nobody overtakes a queue that is not empty.
/// </para>
/// <para>
/// Waking a sender costs more than delivering an element. While elements pass without waiting, senders are therefore let in
/// for half of the places together (at most 64), and for all places returned when an element waits, a request comes, the chunk
/// ends, or a millisecond has passed. The clock costs as much as many elements, so the faster they pass, the more of them pass between
/// two looks at it. With fewer than 16 places each sender is let in as soon as a place is returned.
/// </para>
/// </remarks>
internal sealed partial class Port<T> : Port
{
    // Where elements take so long that this many make a lag, the next look comes after one.
    private const int RarestLook = 32;

    private static readonly TimeSpan s_longestLag = TimeSpan.FromMilliseconds(1);

    private readonly Outlet<T> _target;
    private readonly IDispatcher<T>? _dispatcher;
    private readonly LoopRun? _loop;
    private int _grantEvery;
    private readonly Port? _origin;
    private readonly Element<T>[][] _buffers = [new Element<T>[4], new Element<T>[4]];
    private readonly Stack<PutWaiter<T>> _spareWaiters = new();
    private Queue<PutWaiter<T>> _waiters = new();
    private long _queued;
    private PortSenderCounts _senders;
    private PortTakerCounts _taker;
    private int _waiting;
    private int _kept;
    private bool _keepCurrent;
    private volatile bool _halted;
    private volatile bool _discards;

    /// <summary>Makes a port whose elements the segment delivers.</summary>
    /// <param name="address">Where the port is.</param>
    /// <param name="target">What the elements are delivered to.</param>
    /// <param name="origin">The port whose places the elements took, if they are results of a parallel node.</param>
    public Port(PortAddress address, Outlet<T> target, Port? origin = null)
        : base(address)
    {
        _target = target;
        _origin = origin;
        _loop = Loop;
        _grantEvery = GrantEvery(Places);
        _taker.LookEvery = 1;
        IsInternal = origin is not null;
        _keepsNewest = address.Node.Node.KeepsNewest;
        _arrivals = address.Node.Node.NotesArrivals ? [new long[4], new long[4]] : null;
    }

    /// <summary>Makes a port whose elements are handed to the workers of a parallel node.</summary>
    public Port(PortAddress address, IDispatcher<T> dispatcher)
        : base(address)
    {
        _target = new Outlet<T>();
        _dispatcher = dispatcher;
        _loop = Loop;
    }

    public override int Kept => Volatile.Read(ref _kept);

    public override int Occupied => (int)(Volatile.Read(ref _senders.Accepted) - _taker.AllReturned);

    public override long Accepted => Volatile.Read(ref _senders.Accepted) + Replaced;

    public override int Waiting => Volatile.Read(ref _waiting);

    protected override bool IsDrained =>
        _waiting + _keptOutCount == 0 && IsEmpty;

    private bool IsEmpty => _dispatcher is null ? _senders.Gathered(Segment.Open.Parity) == 0 : _dispatcher.IsDrained;

    public override void SetPlaces(int places)
    {
        lock (Segment.Gate)
        {
            Places = places;
            _grantEvery = _dispatcher is null ? GrantEvery(places) : 0;
        }

        GrantWhilePossible();
    }

    public override void Seal()
    {
        if (_dispatcher is null)
        {
            _target.Seal(owner: null);
        }
    }

    public override void Trace() => _target.Traced = true;

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
        Interlocked.Increment(ref _taker.Returned);
        if (Volatile.Read(ref _waiting) > 0)
        {
            GrantWhilePossible();
        }
    }

    /// <summary>Finishes an element of this port: everything made from it here is pushed on, or it is held by its stage.</summary>
    /// <remarks>
    /// A fence lies between the counts and the look at who waits for them, as between an announcement and the look at the counts, unless
    /// somebody was seen to wait before: then the counts are looked at again, by this thread, when senders are let in.
    /// </remarks>
    private void Finish(ElementContext? context)
    {
        context?.Release();
        if (_origin is not null || _keepCurrent)
        {
            FinishHeld();
        }
        else
        {
            _taker.Processed++;
            var isWaitedFor = Volatile.Read(ref _waiting) > 0;
            if (isWaitedFor)
            {
                Volatile.Write(ref _taker.Finished, _taker.Finished + 1);
            }
            else
            {
                Interlocked.Increment(ref _taker.Finished);
                isWaitedFor = Volatile.Read(ref _waiting) > 0;
            }

            // Whoever was seen may have gone, and somebody else come who has not seen the place: without a fence, it is for the grant to find out.
            if (isWaitedFor && IsTimeToGrant())
            {
                GrantReturned();
            }

            ReachMarksIfAny();
        }

        // Last: a loop that comes to rest must find everything given back.
        _loop?.Exit();
    }

    private void FinishHeld()
    {
        var port = _origin ?? this;
        port.CountProcessed();
        if (_keepCurrent)
        {
            _keepCurrent = false;
            Interlocked.MemoryBarrier();
            LendKept();
        }
        else
        {
            port.ReturnPlace();
        }

        port.ReachMarksIfAny();
    }

    /// <summary>Lets in those who wait for places that were returned.</summary>
    private void GrantReturned()
    {
        var now = TimeProvider.System.GetTimestamp();
        var isFast = TimeProvider.System.GetElapsedTime(_taker.LastGrant, now) < s_longestLag;
        _taker.LookEvery = isFast ? Math.Min(2 * _taker.LookEvery, RarestLook) : 1;
        _taker.NextLook = _taker.LookEvery;
        _taker.Ungranted = 0;
        _taker.LastGrant = now;
        GrantWhilePossible();
    }

    private bool IsTimeToGrant()
    {
        var ungranted = ++_taker.Ungranted;
        if (ungranted >= _grantEvery)
        {
            return true;
        }

        if (ungranted < _taker.NextLook)
        {
            return false;
        }

        _taker.NextLook = ungranted + _taker.LookEvery;
        return TimeProvider.System.GetElapsedTime(_taker.LastGrant) > s_longestLag;
    }

    public override async ValueTask ProcessAsync(int parity, int count)
    {
        Segment.Delivering = this;
        var end = _taker.Position + count;
        while (_taker.Position < end)
        {
            var isSynchronous = DeliverWhileSynchronous(_buffers[parity], end, out var pending);
            if (_taker.Ungranted > 0)
            {
                GrantReturned();
            }

            if (!isSynchronous)
            {
                Segment.Flow.LeaveStretch();
                await pending.ConfigureAwait(true);
                Segment.Flow.EnterStretch();
                Finish(_buffers[parity][_taker.Position++].Context);
                if (_taker.Ungranted > 0)
                {
                    GrantReturned();
                }
            }

            if (Segment.IsRequested)
            {
                await Segment.ServeRequestsAsync().ConfigureAwait(true);
            }
        }
    }

    public override void ClearBuffer(int parity)
    {
        ref var gathered = ref _senders.Gathered(parity);
        if (gathered > 0)
        {
            Array.Clear(_buffers[parity], 0, gathered);
            gathered = 0;
        }

        _taker.Position = 0;
    }

    private static int GrantEvery(int places) => places < 16 ? 1 : Math.Min(places / 2, 64);

    /// <summary>Does not deliver an element any more.</summary>
    private void Refuse(ElementContext? context)
    {
        if (_discards)
        {
            Node.Drop(context);
        }
        else
        {
            Node.OnAbandoned(context);
        }
    }

    /// <summary>Delivers elements until one waits, a request comes or all are done.</summary>
    /// <returns>False if the element at the position waits.</returns>
    private bool DeliverWhileSynchronous(Element<T>[] buffer, int end, out ValueTask pending)
    {
        pending = default;
        while (_taker.Position < end)
        {
            ref var element = ref buffer[_taker.Position];
            if (_halted)
            {
                Refuse(element.Context);
            }
            else
            {
                pending = _target.PushAsync(element);
                if (!pending.IsCompletedSuccessfully)
                {
                    return false;
                }
            }

            Finish(element.Context);
            _taker.Position++;
            if (Segment.IsRequested)
            {
                break;
            }
        }

        return true;
    }

    /// <summary>A waiter will not be accepted after all: who counted on it must not wait for another one instead. Called under the gate.</summary>
    private void Withdraw(PutWaiter<T> waiter)
    {
        foreach (var mark in _marks)
        {
            if (waiter.Number <= mark.LastWaiter)
            {
                mark.Until--;
            }
        }

        Leave(waiter);
    }
}
