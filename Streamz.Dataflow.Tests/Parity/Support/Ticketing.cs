using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>An operator that gives each element a ticket the test can look at.</summary>
internal static class Ticketing
{
    public static Stream<T> Ticketed<T>(this Stream<T> stream, IList<FollowedElement> tickets) =>
        stream.Then(new OperatorNode<T, T>("ticketed", () => new TicketingStage<T>(tickets)));

    private sealed class TicketingStage<T>(IList<FollowedElement> tickets) : Stage<T, T>
    {
        public override async ValueTask OnElementAsync(Element<T> element)
        {
            var followed = new FollowedElement();
            tickets.Add(followed);
            await PushAsync(new Element<T>(element.Value, followed.Ticket));
            followed.Ticket.Release();
        }
    }
}
