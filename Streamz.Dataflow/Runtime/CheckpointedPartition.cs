using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>A partition of a source in one run: moves its mark as elements are released.</summary>
/// <param name="node">The source.</param>
/// <param name="key">What the store knows the partition by.</param>
/// <param name="checkpoints">What saves the mark; null if nothing does.</param>
/// <param name="start">Where the mark stands at first.</param>
internal sealed class CheckpointedPartition(NodeRun node, CheckpointKey key, CheckpointRun? checkpoints, long? start) : SourcePartition, IDeliveryObserver
{
    private readonly LowWaterMark _mark = new(start);

    public NodeRun Node => node;

    public CheckpointKey Key => key;

    public bool IsSaved => checkpoints is not null;

    public override long? Start { get; } = start;

    /// <summary>The position that the store has; known to the saver only.</summary>
    public long? SavedUpTo { get; set; } = start;

    /// <summary>The position that the store should have.</summary>
    public long? DoneUpTo => _mark.Value;

    public long Begin(long position) => _mark.Begin(position);

    void IDeliveryObserver.OnReleased(long position, Delivery delivery)
    {
        if (delivery.IsDone)
        {
            _mark.Complete(position);
            checkpoints!.OnCompleted();
        }
        else
        {
            // On the next start it is read again.
            _mark.GiveUp(position);
        }
    }
}
