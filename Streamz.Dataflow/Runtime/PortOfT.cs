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
internal sealed partial class Port<T> : Port
{
    private readonly Outlet<T> _target;
    private readonly IDispatcher<T>? _dispatcher;
    private readonly Port? _origin;
    private readonly Element<T>[][] _buffers = [new Element<T>[4], new Element<T>[4]];
    private readonly int[] _counts = new int[2];
    private readonly Stack<PutWaiter<T>> _spareWaiters = new();
    private Queue<PutWaiter<T>> _waiters = new();
    private int _position;
    private long _accepted;
    private long _queued;
    private long _seenReturned;
    private long _returned;
    private int _waiting;
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

        // A fence lies between the count and the look at the marks, as between a mark and the look at the count: it comes
        // with the return of the place.
        port.CountProcessed();
        if (_keepCurrent)
        {
            _keepCurrent = false;
            Interlocked.MemoryBarrier();
        }
        else
        {
            port.ReturnPlace();
        }

        port.ReachMarksIfAny();

        // Last: a loop that comes to rest must find everything given back.
        Loop?.Exit();
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
        using var activity = StreamzActivitySource.StartProcessing(Node.NodeName, element.Context!.Trace, element.Context.Links);
        await _target.PushAsync(element).ConfigureAwait(true);
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
