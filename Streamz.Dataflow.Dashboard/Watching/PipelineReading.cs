using Streamz.Dataflow.Dashboard.Drawing;

namespace Streamz.Dataflow.Dashboard.Watching;

/// <summary>A pipeline as it was read, with all that a page shows of it. Shared by all who watch.</summary>
/// <param name="Status">How it is.</param>
/// <param name="Picture">Where its nodes and edges are drawn; null if it has not started.</param>
/// <param name="History">How it was, the oldest first.</param>
internal sealed record PipelineReading(PipelineStatus Status, GraphPicture? Picture, IReadOnlyList<HistoryPoint> History);

/// <summary>What the plots show of one reading.</summary>
internal readonly record struct HistoryPoint(DateTimeOffset At, double InPerSecond, double OutPerSecond, int Queued, LatencyStatus? Latency);
