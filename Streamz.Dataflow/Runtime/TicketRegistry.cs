using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// The tickets of a run that are not released yet, so that each is settled when the run ends, whatever a stage forgot.
/// A list linked through the tickets themselves: adding and removing allocate nothing. Its lock is a leaf.
/// </summary>
internal sealed class TicketRegistry
{
    private readonly Lock _gate = new();
    private readonly Action<Ticket> _remove;
    private Ticket? _first;

    public TicketRegistry() => _remove = Remove;

    public Ticket Issue()
    {
        var ticket = new Ticket(_remove);
        lock (_gate)
        {
            ticket.Next = _first;
            if (_first is not null)
            {
                _first.Previous = ticket;
            }

            _first = ticket;
        }

        return ticket;
    }

    public void AbandonAll()
    {
        // Taken apart under the lock: emitters release their tickets meanwhile, which would cut a list that is being walked.
        var left = new List<Ticket>();
        lock (_gate)
        {
            for (var ticket = _first; ticket is not null;)
            {
                left.Add(ticket);
                var next = ticket.Next;
                ticket.Previous = ticket.Next = null;
                ticket = next;
            }

            _first = null;
        }

        foreach (var ticket in left)
        {
            ticket.AbandonAtEnd();
        }
    }

    private void Remove(Ticket ticket)
    {
        lock (_gate)
        {
            if (ticket.Previous is null && ticket.Next is null && _first != ticket)
            {
                return;
            }

            if (ticket.Previous is { } previous)
            {
                previous.Next = ticket.Next;
            }
            else
            {
                _first = ticket.Next;
            }

            if (ticket.Next is { } next)
            {
                next.Previous = ticket.Previous;
            }

            ticket.Previous = ticket.Next = null;
        }
    }
}
