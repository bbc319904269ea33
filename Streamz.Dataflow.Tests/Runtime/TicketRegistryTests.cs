using Streamz.Dataflow.Runtime;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Tests.Runtime;

internal sealed class TicketRegistryTests
{
    [Test]
    [CancelAfter(30_000)]
    public async Task AbandonAll_EmitterNotYetBack_ElementThatIsThroughIsDelivered(CancellationToken cancellation)
    {
        var registry = new TicketRegistry();
        var ticket = registry.Issue();
        ticket.Acquire();
        ticket.Release();

        registry.AbandonAll();
        ticket.ReleaseByEmitter();

        Assert.That(await ticket.Delivered.WaitAsync(cancellation), Is.EqualTo(DeliveryOutcome.Delivered));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task AbandonAll_ElementStillHeld_IsAbandoned(CancellationToken cancellation)
    {
        var registry = new TicketRegistry();
        var ticket = registry.Issue();
        ticket.Acquire();
        ticket.ReleaseByEmitter();

        registry.AbandonAll();

        Assert.That(await ticket.Delivered.WaitAsync(cancellation), Is.EqualTo(DeliveryOutcome.Abandoned));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task AbandonAll_WhileEmittersRelease_SettlesEveryTicket(CancellationToken cancellation)
    {
        for (var round = 0; round < 200; round++)
        {
            var registry = new TicketRegistry();
            var tickets = Enumerable.Range(0, 100).Select(_ => registry.Issue()).ToList();
            foreach (var held in tickets)
            {
                held.Acquire();
            }

            using var start = new Barrier(2);
            var releasing = Task.Run(
                () =>
                {
                    start.SignalAndWait(cancellation);
                    foreach (var ticket in tickets)
                    {
                        ticket.ReleaseByEmitter();
                        if (tickets.IndexOf(ticket) % 2 == 0)
                        {
                            ticket.Release();
                        }
                    }
                },
                cancellation);
            start.SignalAndWait(cancellation);
            registry.AbandonAll();
            await releasing;

            Assert.That(tickets, Has.All.Matches<Ticket>(ticket => ticket.Delivered.IsCompleted), $"in round {round}");
        }
    }
}
