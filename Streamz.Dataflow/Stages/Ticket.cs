using System.Diagnostics;

namespace Streamz.Dataflow.Stages;

/// <summary>
/// Follows everything made from one emitted value.
/// It has two moments: <em>delivered</em>, when nothing made from the value is in flight or still owed as output, and
/// <em>released</em>, when no operator's state holds it any more.
/// </summary>
/// <remarks>
/// <para>
/// Both counts and both moments share one word, so that each moment is claimed by exactly one caller, in one atomic step. Whoever
/// takes a count holds one already. What was owed may be owed again after it was delivered, where a state that retains it pushes
/// it once more; it is delivered once all the same.
/// </para>
/// <para>
/// Who claims a moment holds its count until its listener was told. So the total reaches zero only when nobody is inside the ticket
/// any more, and only then is it given back to be used again: by the last caller, behind everything that this caller does with it.
/// Tickets that the end of a run has settled are never used again, since late callers may still hold them.
/// </para>
/// <para>
/// The word begins with <see cref="Accept"/>: before, its issuer alone has the ticket, and the word is that of nobody or of an element that is released,
/// of which the end of a run says nothing.
/// </para>
/// </remarks>
internal sealed class Ticket : ElementContext
{
    private const long Owed = 1;
    private const long Total = 1L << 28;
    private const long CountMask = Total - 1;
    private const long Accepted = 1L << 60;
    private const long Settled = 1L << 61;
    private const long Freed = 1L << 62;

    private readonly TicketRegistry? _registry;
    private readonly Lock _failuresGate = new();
    private ITicketIssuer? _issuer;
    private Action<Delivery>? _callback;
    private IDeliveryObserver? _observer;
    private long _position;
    private long _acceptedAt;
    private List<NodeFailedException>? _failures;
    private long _word;
    private int _outcome;

    /// <summary>Makes a ticket that its issuer holds.</summary>
    /// <param name="registry">What takes it back when it is released; null if nothing does.</param>
    public Ticket(TicketRegistry? registry = null) => _registry = registry;

    /// <summary>Where the registry has the ticket in its list; it alone reads and writes this.</summary>
    internal int Index { get; set; }

    /// <summary>The ticket behind this one, while nobody has it; the registry alone reads and writes this.</summary>
    internal Ticket? Next { get; set; }

    /// <summary>Begins to follow an element, which its issuer has yet to have accepted or to withdraw.</summary>
    /// <param name="issuer">Who is told when the listener fails.</param>
    /// <param name="callback">What is told that the element is delivered; null if it is an observer.</param>
    /// <param name="observer">What is told of both moments; null if it is a callback.</param>
    /// <param name="position">What an observer is told with the outcome.</param>
    /// <param name="trace">The trace of who emits the element.</param>
    public void Begin(ITicketIssuer? issuer, Action<Delivery>? callback, IDeliveryObserver? observer, long position, in ActivityContext trace)
    {
        // Most elements have no trace, and had none: writing one costs more than looking.
        if (trace.TraceId != default || Trace.TraceId != default)
        {
            Trace = trace;
        }

        if (_issuer != issuer)
        {
            _issuer = issuer;
        }

        _callback = callback;
        _observer = observer;
        _position = position;
        _outcome = (int)DeliveryOutcome.Delivered;
    }

    /// <summary>
    /// The pipeline takes the element, and with it the count of the issuer, who alone holds the ticket yet. From now on the listener is told what
    /// becomes of it.
    /// </summary>
    internal override void Accept(long now = 0)
    {
        _acceptedAt = now;
        Volatile.Write(ref _word, Owed + Total + Accepted);
    }

    /// <summary>The pipeline has not taken the element: nobody is told anything. Called by the issuer, which alone holds the ticket.</summary>
    internal override void Withdraw() => GiveBack();

    /// <summary>Takes a count for something in flight or owed.</summary>
    public override void Hold() => Interlocked.Add(ref _word, Owed + Total);

    /// <summary>Gives back what <see cref="Hold"/> took.</summary>
    public override void Release()
    {
        var seen = Volatile.Read(ref _word);
        while (true)
        {
            var isLastOwed = (seen & CountMask) == Owed;
            var isLast = isLastOwed && CountOf(seen) == 1;
            var next = seen - Owed;
            if (isLastOwed)
            {
                next |= Settled;
            }

            if (!isLastOwed || isLast)
            {
                next -= Total;
            }

            if (isLast)
            {
                next |= Freed;
            }

            var before = Interlocked.CompareExchange(ref _word, next, seen);
            if (before != seen)
            {
                seen = before;
                continue;
            }

            if (isLastOwed)
            {
                AfterLastOwed(seen, isLast);
            }

            return;
        }
    }

    /// <summary>Takes a count for state that keeps the value without owing output for it.</summary>
    public override void Retain() => Interlocked.Add(ref _word, Total);

    /// <summary>Gives back what <see cref="Retain"/> took.</summary>
    public override void ReleaseRetained()
    {
        var seen = Volatile.Read(ref _word);
        while (true)
        {
            var isLast = CountOf(seen) == 1;
            var before = Interlocked.CompareExchange(ref _word, (seen - Total) | (isLast ? Freed : 0), seen);
            if (before != seen)
            {
                seen = before;
                continue;
            }

            if (isLast && (seen & Freed) == 0)
            {
                Free();
            }

            return;
        }
    }

    /// <summary>Notes a failure of the element, or of something made from it.</summary>
    /// <param name="failure">The failure.</param>
    internal override void Fail(NodeFailedException failure)
    {
        lock (_failuresGate)
        {
            (_failures ??= []).Add(failure);
        }

        Raise(DeliveryOutcome.Failed);
    }

    /// <summary>Raises the outcome to at least the given one.</summary>
    /// <param name="outcome">The outcome to note.</param>
    internal override void Raise(DeliveryOutcome outcome)
    {
        var seen = Volatile.Read(ref _outcome);
        while (seen < (int)outcome)
        {
            var before = Interlocked.CompareExchange(ref _outcome, (int)outcome, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    /// <summary>
    /// Settles the ticket of an element that is still held when the run is over: what a state retains is lost with the run, too.
    /// </summary>
    public void AbandonAtEnd()
    {
        if ((Volatile.Read(ref _word) & (Accepted | Freed)) != Accepted)
        {
            return;
        }

        Raise(DeliveryOutcome.Abandoned);
        var before = Interlocked.Or(ref _word, Settled | Freed);
        if ((before & Settled) == 0)
        {
            TellDelivered();
        }

        if ((before & Freed) == 0)
        {
            TellReleased();
        }
    }

    private protected override void AddTicketsTo(HashSet<Ticket> tickets) => tickets.Add(this);

    private static long CountOf(long word) => (word & ~(Accepted | Settled | Freed)) >> 28;

    private void AfterLastOwed(long before, bool isLast)
    {
        if ((before & Settled) == 0)
        {
            TellDelivered();
        }

        if (!isLast)
        {
            ReleaseRetained();
        }
        else if ((before & Freed) == 0)
        {
            Free();
        }
    }

    private void Free()
    {
        TellReleased();
        GiveBack();
    }

    private void GiveBack()
    {
        // What follows next would replace them, but may come late, and closures may hold much.
        _callback = null;
        _observer = null;
        if (_failures is not null)
        {
            _failures = null;
        }

        _registry?.Return(this);
    }

    private void TellDelivered()
    {
        if (_acceptedAt != 0)
        {
            _issuer?.RecordLatency(_acceptedAt, (DeliveryOutcome)Volatile.Read(ref _outcome));
        }

        try
        {
            if (_callback is not null)
            {
                _callback(ToDelivery());
            }
            else
            {
                _observer?.OnDelivered(_position, ToDelivery());
            }
        }
        catch (Exception failure)
        {
            _issuer?.OnListenerFailed(failure);
        }
    }

    private void TellReleased()
    {
        try
        {
            _observer?.OnReleased(_position, ToDelivery());
        }
        catch (Exception failure)
        {
            _issuer?.OnListenerFailed(failure);
        }
    }

    private Delivery ToDelivery()
    {
        var outcome = (DeliveryOutcome)Volatile.Read(ref _outcome);
        if (outcome != DeliveryOutcome.Failed)
        {
            return new Delivery(outcome, []);
        }

        lock (_failuresGate)
        {
            return new Delivery(outcome, [.. _failures!]);
        }
    }
}

/// <summary>Who issued a ticket.</summary>
internal interface ITicketIssuer
{
    /// <summary>The listener has thrown. May be called from any thread, under no lock.</summary>
    void OnListenerFailed(Exception failure);

    /// <summary>An element was delivered while somebody listens to latencies.</summary>
    void RecordLatency(long acceptedAt, DeliveryOutcome outcome)
    {
    }
}
