using System.Collections.Concurrent;
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
/// Slots know the tickets that are out. Their number is that of the most tickets that were out at once; they are never removed.
/// </para>
/// </remarks>
internal sealed class TicketRegistry
{
    private readonly ConcurrentQueue<TicketSlot> _free = new();
    private readonly List<TicketSlot> _slots = [];
    private volatile bool _isReusing = true;

    public Ticket Issue(ITicketIssuer issuer, object listener, long position, ActivityContext trace)
    {
        if (!_free.TryDequeue(out var slot))
        {
            slot = AddSlot();
        }

        var ticket = slot.Ticket ?? new Ticket(this) { Slot = slot };
        ticket.Begin(issuer, listener, position, trace);
        slot.Ticket = ticket;
        return ticket;
    }

    /// <summary>Whether a stage is not of this library, so that nobody has seen whether it keeps the contract of tickets.</summary>
    public static bool IsForeign(IStage stage) => stage.GetType().Assembly != typeof(IStage).Assembly && stage is not IKeepsTickets;

    /// <summary>Takes back a ticket that nobody holds any more.</summary>
    public void Return(Ticket ticket)
    {
        var slot = ticket.Slot!;
        if (!_isReusing)
        {
            ticket.Slot = null;
            slot.Ticket = null;
        }

        _free.Enqueue(slot);
    }

    /// <summary>A stage that is not of this library joins the run.</summary>
    public void StopReuse() => _isReusing = false;

    /// <summary>The run is over: settles what is still held.</summary>
    public void AbandonAll()
    {
        TicketSlot[] slots;
        lock (_slots)
        {
            slots = [.. _slots];
        }

        foreach (var slot in slots)
        {
            slot.Ticket?.AbandonAtEnd();
        }
    }

    private TicketSlot AddSlot()
    {
        var slot = new TicketSlot();
        lock (_slots)
        {
            _slots.Add(slot);
        }

        return slot;
    }
}

/// <summary>A stage of another assembly that is known to keep the contract of tickets.</summary>
internal interface IKeepsTickets;

/// <summary>Room for one ticket that is out.</summary>
internal sealed class TicketSlot
{
    private Ticket? _ticket;

    public Ticket? Ticket
    {
        get => Volatile.Read(ref _ticket);
        set => Volatile.Write(ref _ticket, value);
    }
}
