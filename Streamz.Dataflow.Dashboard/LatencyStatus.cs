namespace Streamz.Dataflow.Dashboard;

/// <summary>How long elements took from when they were accepted until everything made from them had left the pipeline, in milliseconds.</summary>
/// <param name="P50">Half of them took no longer.</param>
/// <param name="P95">19 of 20 took no longer.</param>
/// <param name="P99">99 of 100 took no longer.</param>
/// <param name="Count">How many there were.</param>
/// <remarks>Values are right to about a tenth: they are read from a histogram.</remarks>
public sealed record LatencyStatus(double P50, double P95, double P99, long Count);
