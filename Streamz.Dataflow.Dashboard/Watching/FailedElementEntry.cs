namespace Streamz.Dataflow.Dashboard.Watching;

/// <summary>An element that a node failed on.</summary>
/// <param name="Number">Its number in its pipeline.</param>
/// <param name="At">When.</param>
/// <param name="NodeId">The number of the node that has the policy; null if it was skipped.</param>
/// <param name="Node">The name of the node that has failed.</param>
/// <param name="Queue">The dead-letter queue it went to; null if it was skipped.</param>
/// <param name="Failure">What the node threw.</param>
/// <param name="Attempts">How many attempts were made.</param>
internal sealed record FailedElementEntry(long Number, DateTimeOffset At, int? NodeId, string Node, string? Queue, string Failure, int Attempts)
{
    /// <summary>Whether the element was kept, to be replayed.</summary>
    public bool IsKept { get; init; }

    /// <summary>The element, if it was kept.</summary>
    public object? Element { get; init; }

    /// <summary>The element in words, if it may be shown.</summary>
    public string? Text { get; init; }
}
