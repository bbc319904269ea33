using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>A stage that has values made on a cluster, and has them released when the element that they were made of has left the pipeline.</summary>
internal abstract class LeasingStage<TIn, TOut> : Stage<TIn, ClusterValue<TOut>>
{
    /// <summary>Pushes on a value that belongs to the lease of the one that it was made of.</summary>
    /// <param name="element">The element that it was made of.</param>
    /// <param name="value">The value.</param>
    /// <param name="lease">The lease; null for a value that was made of nothing on the cluster, which begins a lease.</param>
    protected ValueTask PushAsync(Element<TIn> element, ClusterValue<TOut> value, ClusterLease? lease)
    {
        if (lease is null)
        {
            return PushFirstAsync(element, value);
        }

        lease.Add(value);
        return PushAsync(element.With(value));
    }

    private async ValueTask PushFirstAsync(Element<TIn> element, ClusterValue<TOut> value)
    {
        var ticket = Context.Follow(new ClusterLease(value));
        await PushAsync(new Element<ClusterValue<TOut>>(value, ElementContext.Merge(element.Context, ticket))).ConfigureAwait(true);
        ticket.Release();
    }
}
