namespace Streamz.Dataflow.Stages;

/// <summary>
/// A stage whose state can outlive the run: it is saved together with the positions of the sources, and a later run begins with it, as if nothing had
/// happened between. See <see cref="CheckpointOptions.SaveStates"/>.
/// </summary>
/// <remarks>
/// Elements that the stage holds are part of its state, as values: their tickets belong to the run. A time is saved as an age, since timestamps mean
/// nothing in another process: clocks stand still while nothing runs. At a stop that saves states the stage is neither told that its inputs have ended
/// nor flushed: what it holds is saved instead.
/// </remarks>
public interface ISnapshot
{
    /// <summary>Writes all that the stage would need to go on. Called between two elements, with nothing in flight; it must not change anything.</summary>
    /// <param name="snapshot">Takes the state.</param>
    void Save(SnapshotWriter snapshot);

    /// <summary>Takes up what <see cref="Save"/> has written. Called once, before <see cref="IStage.OnStartAsync"/>; not called if nothing was saved.</summary>
    /// <param name="snapshot">Gives the state.</param>
    void Restore(SnapshotReader snapshot);
}
