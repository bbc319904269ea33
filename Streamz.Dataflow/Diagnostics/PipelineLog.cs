using System.Net;
using Microsoft.Extensions.Logging;

namespace Streamz.Dataflow.Diagnostics;

/// <summary>The log events of a pipeline. None is written once per element, failed or not: those of elements are limited by <see cref="EntryLimit"/>.</summary>
internal static partial class PipelineLog
{
    public const string Category = "Streamz.Dataflow.Pipeline";

    [LoggerMessage(1, LogLevel.Error, "Node '{Node}' failed; the pipeline stops.")]
    public static partial void NodeFailed(ILogger logger, Exception failure, string node);

    [LoggerMessage(2, LogLevel.Error, "Node '{Node}' failed as well while the pipeline was stopping.")]
    public static partial void NodeFailedLater(ILogger logger, Exception failure, string node);

    [LoggerMessage(3, LogLevel.Warning, "Node '{Node}' failed on an element, which is skipped; {LeftOut} more since this was logged last.")]
    public static partial void ElementSkipped(ILogger logger, Exception failure, string node, long leftOut);

    [LoggerMessage(4, LogLevel.Information, "The branch that ends at '{Node}' has no sink: its elements are counted and discarded.")]
    public static partial void OpenEnd(ILogger logger, string node);

    [LoggerMessage(5, LogLevel.Warning, "The pipeline was aborted; {Abandoned} elements were abandoned.")]
    public static partial void Aborted(ILogger logger, long abandoned);

    [LoggerMessage(6, LogLevel.Information, "Source '{Node}' has ended: {End}.")]
    public static partial void SourceEnded(ILogger logger, string node, SourceEnd end);

    [LoggerMessage(7, LogLevel.Warning, "A connection of '{Node}' from {Remote} failed and is closed; the others go on.")]
    public static partial void ConnectionFailed(ILogger logger, Exception failure, string node, EndPoint? remote);

    [LoggerMessage(8, LogLevel.Error, "How far '{Node}' is done could not be saved; the next checkpoint makes up for it.")]
    public static partial void CheckpointFailed(ILogger logger, Exception failure, string node);

    [LoggerMessage(9, LogLevel.Information, "Node '{Node}' failed on an element, which is tried again in attempt {Attempt}; {LeftOut} more since this was logged last.")]
    public static partial void ElementRetried(ILogger logger, Exception failure, string node, int attempt, long leftOut);

    [LoggerMessage(10, LogLevel.Warning, "Node '{Node}' failed on an element after {Attempts} attempts; it goes to '{Queue}'; {LeftOut} more since this was logged last.")]
    public static partial void ElementDeadLettered(ILogger logger, Exception failure, string node, string queue, int attempts, long leftOut);

    [LoggerMessage(11, LogLevel.Warning, "Source '{Node}' failed and is started again, attempt {Attempt}.")]
    public static partial void SourceRestarted(ILogger logger, Exception failure, string node, int attempt);

    [LoggerMessage(12, LogLevel.Error, "Source '{Node}' failed and has ended; the pipeline goes on without it.")]
    public static partial void SourceGivenUp(ILogger logger, Exception failure, string node);

    [LoggerMessage(13, LogLevel.Information, "The running pipeline was edited: {Added} nodes came, {Removed} left, {Changed} were set anew.")]
    public static partial void Edited(ILogger logger, int added, int removed, int changed);

    [LoggerMessage(14, LogLevel.Warning, "An edit of the running pipeline was taken back.")]
    public static partial void EditTakenBack(ILogger logger, Exception reason);

    [LoggerMessage(15, LogLevel.Warning, "The process ends while {InFlight} elements are in flight in the pipeline that begins at {Sources}: they are lost. Await DisposeAsync or StopAsync before the end.")]
    public static partial void ProcessEnds(ILogger logger, int inFlight, string sources);
}
