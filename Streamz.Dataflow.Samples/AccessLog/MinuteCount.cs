namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>How many requests a minute saw, the minute in the log's own time.</summary>
internal readonly record struct MinuteCount(DateTimeOffset Minute, long Count);
