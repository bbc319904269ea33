using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>A partition of a source in one run: knows the position that a checkpoint may have.</summary>
/// <remarks>
/// Without states that is where a mark stands, which moves as elements are released. With states it is the position of the last element that a port has
/// accepted: at a barrier all that was made of it has left or is in the states.
/// </remarks>
/// <param name="node">The source.</param>
/// <param name="key">What the store knows the partition by.</param>
/// <param name="checkpoints">What saves the position; null if nothing does.</param>
/// <param name="start">Where the partition begins in this run.</param>
internal sealed class CheckpointedPartition(NodeRun node, CheckpointKey key, CheckpointRun? checkpoints, long? start) : SourcePartition, IDeliveryObserver
{
    private const long None = long.MinValue;

    private readonly LowWaterMark _mark = new(start);
    private long _accepted = start ?? None;

    public NodeRun Node => node;

    public CheckpointKey Key => key;

    /// <summary>What saves the position; null if nothing does.</summary>
    public CheckpointRun? Checkpoints => checkpoints;

    public override long? Start { get; } = start;

    /// <summary>The position that the store has; known to the saver only.</summary>
    public long? SavedUpTo { get; set; } = start;

    /// <summary>The position up to which everything is done, as tickets tell.</summary>
    public long? DoneUpTo => _mark.Value;

    /// <summary>The position up to which everything was accepted.</summary>
    public long? AcceptedUpTo => Volatile.Read(ref _accepted) is var position && position == None ? null : position;

    public long Begin(long position) => _mark.Begin(position);

    /// <summary>Refuses a position that is not behind the one before.</summary>
    public void Check(long position)
    {
        if (position <= Volatile.Read(ref _accepted))
        {
            throw new ArgumentOutOfRangeException(
                nameof(position), position, $"Positions must rise, and this one comes behind {_accepted}. Emit elements of a partition one after the other, in the order of the input.");
        }
    }

    /// <summary>A port has accepted the element of a position. Called under the gate of its segment.</summary>
    public void Accept(long position) => Volatile.Write(ref _accepted, position);

    void IDeliveryObserver.OnReleased(long position, Delivery delivery)
    {
        if (delivery.IsDone)
        {
            _mark.Complete(position);
            checkpoints!.CountElement();
        }
        else
        {
            // On the next start it is read again.
            _mark.GiveUp(position);
        }
    }
}
