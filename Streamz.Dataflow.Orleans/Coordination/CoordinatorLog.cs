using Microsoft.Extensions.Logging;

namespace Streamz.Dataflow.Orleans.Coordination;

/// <summary>What coordinators log.</summary>
internal static partial class CoordinatorLog
{
    [LoggerMessage(11, LogLevel.Information, "The worker {Worker} has joined, with {Threads} threads.")]
    public static partial void WorkerJoined(ILogger logger, string worker, int threads);

    [LoggerMessage(12, LogLevel.Warning, "The worker {Worker} is lost: {Reason}. {Count} values are made again.")]
    public static partial void WorkerLost(ILogger logger, string worker, string reason, int count);

    [LoggerMessage(13, LogLevel.Debug, "The silo {Silo} is no worker, or cannot be reached yet.")]
    public static partial void NoWorker(ILogger logger, Exception failure, string silo);

    [LoggerMessage(14, LogLevel.Warning, "No silo has told who the members of the cluster are for {Silence}. Is one running, and has this client started and the same clustering? Elements wait, and this is tried again.")]
    public static partial void NoMembers(ILogger logger, TimeSpan silence, Exception failure);
}
