namespace Streamz.Dataflow;

/// <summary>
/// What was made on a cluster of one scattered element, and is released there when the element has left the pipeline and no state holds it any more.
/// </summary>
/// <remarks>
/// Values made of several elements belong to the lease of the first: as long as such a value is in the pipeline, so are all the elements that it was made
/// of. Branches add to a lease beside one another, so the list has a gate, which is a leaf: nothing is called under it.
/// </remarks>
internal sealed class ClusterLease : IDeliveryObserver
{
    private readonly Lock _gate = new();
    private readonly ClusterValue _first;
    private List<ClusterValue>? _others;
    private bool _hasEnded;

    public ClusterLease(ClusterValue first)
    {
        _first = first;
        first.Lease = this;
    }

    /// <summary>Has a value released with the others; at once if they have been.</summary>
    public void Add(ClusterValue value)
    {
        value.Lease = this;
        lock (_gate)
        {
            if (!_hasEnded)
            {
                (_others ??= []).Add(value);
                return;
            }
        }

        value.Release();
    }

    void IDeliveryObserver.OnReleased(long position, Delivery delivery)
    {
        List<ClusterValue>? others;
        lock (_gate)
        {
            _hasEnded = true;
            others = _others;
        }

        _first.Release();
        foreach (var value in others ?? [])
        {
            value.Release();
        }
    }
}
