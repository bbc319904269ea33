using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>How a source emits while somebody listens to the trace that it works for, or to latencies.</summary>
internal sealed partial class SourceDriver<T>
{
    private static bool IsWatched => StreamzMeter.MeasuresLatency || StreamzActivitySource.IsToBeContinued;

    void ITicketIssuer.RecordLatency(long acceptedAt, DeliveryOutcome outcome) => Node.Run.RecordLatency(acceptedAt, outcome);

    /// <summary>Emits an element with a ticket, be it only for its latency or its trace.</summary>
    /// <param name="value">The element.</param>
    /// <param name="observer">What is told of its outcome, if anything.</param>
    /// <param name="partition">What is told that it was accepted, if its position is saved with the states.</param>
    /// <param name="position">Its position, for either.</param>
    /// <param name="cancellation">Gives up to wait for a place.</param>
    private async ValueTask EmitWatchedAsync(T value, IDeliveryObserver? observer, CheckpointedPartition? partition, long position, CancellationToken cancellation)
    {
        using var emit = StreamzActivitySource.StartEmit(Node.Run.PipelineName, NodeName);
        var ticket = Issue(observer, position, Node.Run.Trace(emit));
        try
        {
            await _port.PutAsync(new Element<T>(value, ticket), Flow, partition, position, cancellation).ConfigureAwait(true);
        }
        catch (Exception failure)
        {
            ticket.Withdraw();
            StreamzActivitySource.Fail(emit, failure);
            throw;
        }

        Taken(ticket);
        partition?.Checkpoints!.CountElement();
    }

    /// <summary>
    /// Issues a ticket that is accepted, before anybody else holds it. Should the element not be taken, it is withdrawn all the same: the run does not end before
    /// its sources.
    /// </summary>
    private Ticket Issue(IDeliveryObserver? observer, long position, in System.Diagnostics.ActivityContext trace)
    {
        var ticket = Node.Run.Tickets.Issue(this, observer, position, trace);
        ticket.Accept(StreamzMeter.MeasuresLatency ? TimeProvider.GetTimestamp() : 0);
        return ticket;
    }
}
