namespace Streamz.Dataflow;

/// <summary>
/// Learns what becomes of emitted elements: for a source that acknowledges or commits what was delivered. One object observes any number of
/// elements, which it tells apart by the positions that they were emitted with.
/// </summary>
/// <remarks>
/// <para>
/// Each method is called exactly once for each element that the pipeline has taken, <see cref="OnDelivered"/> first; for one that it has not
/// taken, since the emit threw or was cancelled, neither is called. They may be called before the emit has completed.
/// </para>
/// <para>
/// They run on the pipeline's own threads, in the middle of its work, for several elements at once. They must be fast, must not block, and must
/// not wait for the pipeline. An exception stops the pipeline, as a failure of the source.
/// </para>
/// </remarks>
public interface IDeliveryObserver
{
    /// <summary>Nothing made from the element is in flight or owed as output any more. The default does nothing.</summary>
    /// <param name="position">What the element was emitted with.</param>
    /// <param name="delivery">What became of it.</param>
    void OnDelivered(long position, Delivery delivery)
    {
    }

    /// <summary>
    /// No state of an operator holds the element any more either: a window that has moved on, a join that has a newer value. What was still
    /// held at the end of a run that has failed or was aborted is <see cref="DeliveryOutcome.Abandoned"/>, though it may have been delivered before.
    /// The default does nothing.
    /// </summary>
    /// <param name="position">What the element was emitted with.</param>
    /// <param name="delivery">What became of it in the end.</param>
    void OnReleased(long position, Delivery delivery)
    {
    }
}
