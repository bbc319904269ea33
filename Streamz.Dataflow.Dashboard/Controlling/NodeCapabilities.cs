namespace Streamz.Dataflow.Dashboard.Controlling;

/// <summary>What of a node can be changed while it runs.</summary>
/// <param name="CanPause">Whether it can be paused.</param>
/// <param name="Parallelism">How many elements it works on at once; null if that is fixed.</param>
/// <param name="Interval">The time between two elements; null if it keeps no rate.</param>
internal sealed record NodeCapabilities(bool CanPause, int? Parallelism, TimeSpan? Interval);
