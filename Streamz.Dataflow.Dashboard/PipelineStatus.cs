using System.Text.Json.Serialization;

namespace Streamz.Dataflow.Dashboard;

/// <summary>How a pipeline is: what the dashboard shows of it, and what its endpoint answers as JSON.</summary>
/// <param name="Name">The name of the pipeline.</param>
/// <param name="State">Where it is in its life, in words: <c>NotStarted</c>, <c>Running</c>, <c>Restarting</c>, <c>Stopping</c>, <c>Completed</c> or <c>Faulted</c>.</param>
/// <param name="Fault">Why it has failed last; <see langword="null"/> if it never has.</param>
/// <param name="Restarts">How often it was started again after a failure.</param>
/// <param name="At">When this was read.</param>
/// <param name="Nodes">The nodes, in the order in which they were made; none if it has not started.</param>
/// <param name="Edges">The edges between them.</param>
public sealed record PipelineStatus(
    string Name,
    string State,
    string? Fault,
    int Restarts,
    DateTimeOffset At,
    IReadOnlyList<NodeStatus> Nodes,
    IReadOnlyList<EdgeStatus> Edges)
{
    /// <summary>Elements that its sources took in, a second.</summary>
    public double InPerSecond { get; init; }

    /// <summary>Elements that came to its sinks, a second.</summary>
    public double OutPerSecond { get; init; }

    /// <summary>Elements that take places of its queues.</summary>
    public int Queued { get; init; }

    /// <summary>Elements that nodes failed on for good.</summary>
    public long Failed { get; init; }

    /// <summary>Failed elements that went to dead-letter queues.</summary>
    public long DeadLettered { get; init; }

    /// <summary>
    /// How long the elements took that left it since the reading before; <see langword="null"/> if none did, or if latencies are not measured
    /// (<see cref="DashboardOptions.MeasureLatency"/>).
    /// </summary>
    public LatencyStatus? Latency { get; init; }

    /// <summary>
    /// The elements that nodes failed on for good, the oldest first, as many as are kept (<see cref="DashboardOptions.History"/>); <see langword="null"/> where
    /// all pipelines are told of.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FailureStatus>? Failures { get; init; }

    /// <summary>The log, the oldest entry first, as much as is kept; <see langword="null"/> where all pipelines are told of.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LogStatus>? Log { get; init; }
}
