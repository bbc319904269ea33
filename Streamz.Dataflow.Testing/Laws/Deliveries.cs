namespace Streamz.Dataflow.Testing;

/// <summary>What became of the emits of one run.</summary>
/// <param name="Delivered">Delivered.</param>
/// <param name="Dropped">Dropped by an operator or a policy.</param>
/// <param name="Failed">Failed, or refused because the pipeline had failed.</param>
/// <param name="Abandoned">Accepted, and discarded when the pipeline stopped.</param>
/// <param name="Refused">Not accepted, because the pipeline was closed.</param>
internal sealed record Deliveries(int Delivered, int Dropped, int Failed, int Abandoned, int Refused)
{
    public int All => Delivered + Dropped + Failed + Abandoned + Refused;

    public static Deliveries Of(IEnumerable<Task<DeliveryOutcome>> deliveries)
    {
        var sums = new Deliveries(0, 0, 0, 0, 0);
        foreach (var delivery in deliveries)
        {
            sums = delivery.Exception?.InnerException switch
            {
                null when delivery.IsCanceled => throw new InvalidOperationException("A delivery was cancelled, though nobody asked for it."),
                null when delivery.Result == DeliveryOutcome.Delivered => sums with { Delivered = sums.Delivered + 1 },
                null when delivery.Result == DeliveryOutcome.Dropped => sums with { Dropped = sums.Dropped + 1 },
                null => throw new InvalidOperationException($"A delivery ended as {delivery.Result}, which is to be thrown."),
                NodeFailedException => sums with { Failed = sums.Failed + 1 },
                ElementAbandonedException => sums with { Abandoned = sums.Abandoned + 1 },
                PipelineClosedException => sums with { Refused = sums.Refused + 1 },
                var other => throw new InvalidOperationException($"A delivery threw {other.GetType().Name}: {other.Message}", other),
            };
        }

        return sums;
    }
}
