namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>A log that cannot be read; the message names it.</summary>
internal sealed class LogFileException(string path, string reason, Exception? cause = null)
    : IOException($"{path}: {reason}", cause);
