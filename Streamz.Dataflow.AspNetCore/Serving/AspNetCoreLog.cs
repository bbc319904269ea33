using System.Net;
using Microsoft.Extensions.Logging;

namespace Streamz.Dataflow.Serving;

/// <summary>The log events of this package.</summary>
internal static partial class AspNetCoreLog
{
    [LoggerMessage(201, LogLevel.Warning, "A request or connection to '{Node}' from {Remote} failed and is closed; the others go on.")]
    public static partial void ConnectionFailed(ILogger logger, Exception failure, string node, EndPoint? remote);

    [LoggerMessage(202, LogLevel.Warning, "The web socket of '{Node}' was lost; it connects again, and what the server had not read is lost.")]
    public static partial void ConnectionLost(ILogger logger, Exception failure, string node);
}
