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
    private ClusterValue? _last;
    private bool _hasEnded;

    public ClusterLease(ClusterValue first)
    {
        _last = first;
        first.Lease = this;
    }

    /// <summary>Has a value released with the others; at once if they have been.</summary>
    public void Add(ClusterValue value)
    {
        lock (_gate)
        {
            if (value.Lease == this)
            {
                // A cluster may give one value for another.
                return;
            }

            value.Lease = this;
            if (!_hasEnded)
            {
                value.NextInLease = _last;
                _last = value;
                return;
            }
        }

        value.Release();
    }

    void IDeliveryObserver.OnReleased(long position, Delivery delivery)
    {
        ClusterValue? value;
        lock (_gate)
        {
            _hasEnded = true;
            value = _last;
            _last = null;
        }

        while (value is not null)
        {
            var next = value.NextInLease;
            value.NextInLease = null;
            value.Release();
            value = next;
        }
    }
}
