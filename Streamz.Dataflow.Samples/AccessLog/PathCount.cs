namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>How often a path was requested.</summary>
internal readonly record struct PathCount(string Path, long Count);
