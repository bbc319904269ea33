using Microsoft.Extensions.Logging;

namespace Streamz.Dataflow.Orleans.Workers;

/// <summary>What workers log.</summary>
internal static partial class WorkerLog
{
    [LoggerMessage(1, LogLevel.Error, "The worker {Worker} could not report what became of a value.")]
    public static partial void ReportFailed(ILogger logger, Exception failure, string worker);

    [LoggerMessage(2, LogLevel.Information, "The worker {Worker} begins to work for the coordinator {Coordinator}.")]
    public static partial void SessionOpened(ILogger logger, string worker, Guid coordinator);

    [LoggerMessage(3, LogLevel.Information, "The worker {Worker} forgets the coordinator {Coordinator}, of which it has heard nothing for {Silence}.")]
    public static partial void SessionForgotten(ILogger logger, string worker, Guid coordinator, TimeSpan silence);
}
