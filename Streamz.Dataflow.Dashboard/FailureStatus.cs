namespace Streamz.Dataflow.Dashboard;

/// <summary>An element that a node failed on for good.</summary>
/// <param name="At">When.</param>
/// <param name="Node">The name of the node that has failed.</param>
/// <param name="Queue">The dead-letter queue that it went to; <see langword="null"/> if it was skipped.</param>
/// <param name="Failure">What the node threw.</param>
/// <param name="Attempts">How many attempts were made.</param>
public sealed record FailureStatus(DateTimeOffset At, string Node, string? Queue, string Failure, int Attempts)
{
    /// <summary>What the element says of itself; <see langword="null"/> unless elements are shown (<see cref="DashboardOptions.ShowElements"/>).</summary>
    public string? Element { get; init; }
}
