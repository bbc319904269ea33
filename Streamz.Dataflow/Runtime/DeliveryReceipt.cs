using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>Tells one emitter what became of its element: a task that throws when the element has failed or was abandoned.</summary>
internal sealed class DeliveryReceipt(IIngress ingress)
    : TaskCompletionSource<DeliveryOutcome>(TaskCreationOptions.RunContinuationsAsynchronously), IDeliveryObserver
{
    public void OnDelivered(long position, Delivery delivery)
    {
        switch (delivery.Outcome)
        {
            case DeliveryOutcome.Failed:
                var first = delivery.Failures[0];
                SetException(new NodeFailedException(first.NodeName, first.InnerException!, [.. delivery.Failures.Skip(1)]));
                break;
            case DeliveryOutcome.Abandoned:
                SetException(new ElementAbandonedException(
                    $"The element that was emitted to '{ingress.Node.NodeName}' was abandoned: the pipeline stopped before it was through.", ingress.Run.FirstFault));
                break;
            default:
                SetResult(delivery.Outcome);
                break;
        }
    }
}
