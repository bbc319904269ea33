using Microsoft.Extensions.Logging;

namespace Streamz.Dataflow;

/// <summary>The log events of this package.</summary>
internal static class MqttLog
{
    public static readonly EventId ConnectionLostEvent = new(101, nameof(ConnectionLost));

    private static readonly Action<ILogger, string, TimeSpan, Exception?> s_connectionLost = LoggerMessage.Define<string, TimeSpan>(
        LogLevel.Warning,
        ConnectionLostEvent,
        "Source '{Node}' has no connection to its broker; it connects again in {Delay}.");

    public static void ConnectionLost(ILogger logger, string node, TimeSpan delay, Exception? failure) =>
        s_connectionLost(logger, node, delay, failure);
}
