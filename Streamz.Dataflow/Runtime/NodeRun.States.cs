using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>How the state of a node outlives the run.</summary>
internal sealed partial class NodeRun
{
    /// <summary>Takes a place for an element that the stage holds from an earlier run.</summary>
    public override void KeepRestoredPlace(int input) => Segment.Ports.Find(port => port.Node == this && port.Input == input)!.RestoreKept();

    /// <summary>Reads the state of the stage, which nobody else enters meanwhile.</summary>
    /// <exception cref="InvalidOperationException">The state cannot be saved.</exception>
    public ReadOnlyMemory<byte> SaveState(ISnapshotSerializer serializer)
    {
        var writer = new SnapshotWriter(serializer);
        try
        {
            ((ISnapshot)Stage).Save(writer);
            return writer.ToBytes();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"The state of '{NodeName}' cannot be saved: {failure.Message}", failure);
        }
    }

    private void Restore(ISnapshot snapshot, SnapshotReader state)
    {
        try
        {
            snapshot.Restore(state);
        }
        catch (Exception failure)
        {
            // Whatever the policy for elements is: a run that begins with half a state makes wrong results.
            Run.Fault(this, new InvalidDataException(
                $"The saved state of '{NodeName}' cannot be read: {failure.Message} If the operator or its types have changed, give the node another name, and the pipeline CheckpointOptions.ForgetUnknownStates.",
                failure));
        }
    }
}
