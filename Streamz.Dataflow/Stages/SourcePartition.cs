namespace Streamz.Dataflow.Stages;

/// <summary>A part of a source's input that is read in order and has a position of its own, in one run.</summary>
public abstract class SourcePartition
{
    private protected SourcePartition()
    {
    }

    /// <summary>
    /// Where to go on: the position of the last element before which everything was done in earlier runs, or is part of the states that they have saved;
    /// null if there was none.
    /// </summary>
    public abstract long? Start { get; }
}
