using System.Diagnostics;

namespace Streamz.Dataflow.Stages;

/// <summary>
/// The tickets of a run: issues them, takes back those that are released, to use them again, and settles all that are left
/// when the run ends, whatever a stage forgot.
/// </summary>
/// <remarks>
/// <para>
/// A ticket is used again only where no late caller can exist. The stages of this library give back each count once and touch no
/// ticket behind that, which their laws hold. Other stages may forget, and push on what they should have held, or release twice: then
/// a ticket that is used again would be somebody else's. So the first such stage of a run ends the reuse, before it has seen an
/// element; from then on each element has a ticket of its own, and what is wrongly done to it harms no other.
/// </para>
/// <para>
/// Who gives a ticket back pushes it on a stack that only grows, until an emitter takes it whole: so a ticket that comes and goes meanwhile can
/// not be mistaken for itself. The gate guards what emitters share, and is a leaf.
/// </para>
/// </remarks>
internal sealed class TicketRegistry
{
    private readonly Lock _gate = new();
    private readonly List<Ticket> _all = [];
    private Ticket? _ready;
    private Ticket? _returned;
    private volatile bool _isReusing = true;

    /// <summary>Whether a stage is not of this library, so that nobody has seen whether it keeps the contract of tickets.</summary>
    public static bool IsForeign(IStage stage) => stage.GetType().Assembly != typeof(IStage).Assembly && stage is not IKeepsTickets;

    /// <summary>Issues a ticket whose observer, if there is one, is told of both moments.</summary>
    public Ticket Issue(ITicketIssuer issuer, IDeliveryObserver? observer, long position, in ActivityContext trace)
    {
        var ticket = Take();
        ticket.Begin(issuer, null, observer, position, trace);
        return ticket;
    }

    /// <summary>Issues a ticket whose callback is told that the element is delivered.</summary>
    public Ticket Issue(ITicketIssuer issuer, Action<Delivery> callback, in ActivityContext trace)
    {
        var ticket = Take();
        ticket.Begin(issuer, callback, null, 0, trace);
        return ticket;
    }

    /// <summary>Takes back a ticket that nobody holds any more.</summary>
    public void Return(Ticket ticket)
    {
        if (!_isReusing)
        {
            Forget(ticket);
            return;
        }

        var head = Volatile.Read(ref _returned);
        while (true)
        {
            ticket.Next = head;
            var before = Interlocked.CompareExchange(ref _returned, ticket, head);
            if (before == head)
            {
                return;
            }

            head = before;
        }
    }

    /// <summary>A stage that is not of this library joins the run.</summary>
    public void StopReuse() => _isReusing = false;

    /// <summary>The run is over: settles what is still held.</summary>
    public void AbandonAll()
    {
        Ticket[] tickets;
        lock (_gate)
        {
            tickets = [.. _all];
        }

        foreach (var ticket in tickets)
        {
            ticket.AbandonAtEnd();
        }
    }

    private Ticket Take()
    {
        lock (_gate)
        {
            var ticket = _ready ?? Interlocked.Exchange(ref _returned, null);
            if (ticket is null)
            {
                ticket = new Ticket(this) { Index = _all.Count };
                _all.Add(ticket);
                return ticket;
            }

            _ready = ticket.Next;
            ticket.Next = null;
            return ticket;
        }
    }

    private void Forget(Ticket ticket)
    {
        lock (_gate)
        {
            var last = _all[^1];
            _all[ticket.Index] = last;
            last.Index = ticket.Index;
            _all.RemoveAt(_all.Count - 1);
        }
    }
}

/// <summary>A stage of another assembly that is known to keep the contract of tickets.</summary>
internal interface IKeepsTickets;
