namespace Streamz.Dataflow;

/// <summary>Why a source has ended.</summary>
public enum SourceEnd
{
    /// <summary>It has not, or the node is no source.</summary>
    None,

    /// <summary>It has nothing more to give: its sequence, file or process has ended, or who emits into it has completed it.</summary>
    Exhausted,

    /// <summary>The pipeline was stopped, or has failed elsewhere.</summary>
    Stopped,

    /// <summary>It has failed itself.</summary>
    Failed,

    /// <summary>Everything that it feeds has ended early and wants no more of it.</summary>
    NotNeeded,
}
