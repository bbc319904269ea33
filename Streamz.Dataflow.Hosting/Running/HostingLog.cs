using Microsoft.Extensions.Logging;

namespace Streamz.Dataflow.Hosting;

/// <summary>The log events of pipelines in a host.</summary>
internal static partial class HostingLog
{
    public const string Category = "Streamz.Dataflow.Hosting";

    [LoggerMessage(1, LogLevel.Information, "Pipeline '{Pipeline}' has started.")]
    public static partial void Started(ILogger logger, string pipeline);

    [LoggerMessage(2, LogLevel.Information, "Pipeline '{Pipeline}' is over: it has drained.")]
    public static partial void Completed(ILogger logger, string pipeline);

    [LoggerMessage(3, LogLevel.Warning, "Pipeline '{Pipeline}' could not drain in time: {Abandoned} elements were abandoned. Still busy: {Unfinished}.")]
    public static partial void Abandoned(ILogger logger, string pipeline, long abandoned, string unfinished);

    [LoggerMessage(4, LogLevel.Error, "Pipeline '{Pipeline}' has failed and starts again in {Delay}, for the {Restart}. time in a row.")]
    public static partial void Restarting(ILogger logger, Exception fault, string pipeline, TimeSpan delay, int restart);

    [LoggerMessage(5, LogLevel.Critical, "Pipeline '{Pipeline}' has failed; the application stops.")]
    public static partial void HostStops(ILogger logger, Exception fault, string pipeline);

    [LoggerMessage(6, LogLevel.Critical, "Pipeline '{Pipeline}' has failed again after {Restarts} restarts in a row, which is the limit; the application stops.")]
    public static partial void GivenUp(ILogger logger, Exception fault, string pipeline, int restarts);

    [LoggerMessage(7, LogLevel.Error, "Pipeline '{Pipeline}' has failed, and stays as it is.")]
    public static partial void Ignored(ILogger logger, Exception fault, string pipeline);

    [LoggerMessage(8, LogLevel.Error, "The definition of pipeline '{Pipeline}' has failed.")]
    public static partial void DefinitionFailed(ILogger logger, Exception failure, string pipeline);

    [LoggerMessage(9, LogLevel.Error, "The definition of pipeline '{Pipeline}' could not be disposed.")]
    public static partial void DisposalFailed(ILogger logger, Exception failure, string pipeline);

    [LoggerMessage(10, LogLevel.Information, "The configuration of pipeline '{Pipeline}' has changed, and so has the pipeline: {Changes}.")]
    public static partial void Reconfigured(ILogger logger, string pipeline, string changes);

    [LoggerMessage(11, LogLevel.Warning, "{Path} has changed, but a running pipeline cannot take that over: it holds from the next start of '{Pipeline}' on.")]
    public static partial void ChangeRefused(ILogger logger, string path, string pipeline);

    [LoggerMessage(12, LogLevel.Error, "The configuration has changed, but has faults; the pipelines go on as they are:{Errors}")]
    public static partial void ReloadRefused(ILogger logger, string errors);

    [LoggerMessage(13, LogLevel.Error, "The configuration of pipeline '{Pipeline}' has changed, but the running pipeline could not be edited: {Changes}. It holds from the next start on.")]
    public static partial void EditFailed(ILogger logger, Exception failure, string pipeline, string changes);

    [LoggerMessage(14, LogLevel.Error, "The configuration has changed, but could not be read; the pipelines go on as they are.")]
    public static partial void ReloadFailed(ILogger logger, Exception failure);
}
