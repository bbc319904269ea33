namespace Streamz.Dataflow;

/// <summary>What happens to an element that finds its feedback edge full. It never waits: a loop that waits for itself would hang.</summary>
public enum FeedbackFullMode
{
    /// <summary>The pipeline stops with a fault that names the edge and its bound. The default.</summary>
    Fault,

    /// <summary>The element is dropped and counted.</summary>
    DropNewest,
}
