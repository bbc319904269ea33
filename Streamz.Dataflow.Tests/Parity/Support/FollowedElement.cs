using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>An element with a ticket the test can look at.</summary>
internal sealed class FollowedElement : IDeliveryObserver
{
    private readonly TaskCompletionSource<DeliveryOutcome> _delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DeliveryOutcome> _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FollowedElement()
    {
        Ticket.Begin(null, null, this, 0, default);
        Ticket.Accept();
    }

    public Ticket Ticket { get; } = new();

    public Task<DeliveryOutcome> Delivered => _delivered.Task;

    public Task<DeliveryOutcome> Released => _released.Task;

    // Throw at a second call.
    public void OnDelivered(long position, Delivery delivery) => _delivered.SetResult(delivery.Outcome);

    public void OnReleased(long position, Delivery delivery) => _released.SetResult(delivery.Outcome);
}
