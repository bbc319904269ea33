namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>A line that is not in the combined format: its number, from 1, and its text made fit for a terminal.</summary>
internal readonly record struct MalformedLine(long Number, string Text);
