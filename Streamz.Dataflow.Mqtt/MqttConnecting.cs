using MQTTnet;
using MQTTnet.Exceptions;

namespace Streamz.Dataflow;

/// <summary>Connects, or throws: MQTTnet itself reports a refusal as a result.</summary>
internal static class MqttConnecting
{
    private static readonly MqttClientFactory s_factory = new();

    /// <summary>A client serves for one connection only: one whose connection broke may still be busy with that.</summary>
    public static IMqttClient CreateClient() => s_factory.CreateMqttClient();

    /// <summary>Where the client connects to, for the label of a node.</summary>
    public static string BrokerOf(MqttClientOptions client) => client.ChannelOptions?.ToString() ?? "";

    public static async Task OpenAsync(this IMqttClient client, MqttClientOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        // MQTTnet keeps its own limit only for a token that cannot be cancelled.
        using var limit = new CancellationTokenSource(options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var result = await client.ConnectAsync(options, either.Token).ConfigureAwait(false);
        if (result.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new MqttCommunicationException($"The broker {BrokerOf(options)} refused the connection: {result.ResultCode}. {result.ReasonString}");
        }
    }

    /// <summary>Says goodbye to the broker, if it is still there.</summary>
    public static async Task CloseAsync(this IMqttClient client)
    {
        if (client.IsConnected)
        {
            await client.TryDisconnectAsync().ConfigureAwait(false);
        }

        client.Dispose();
    }
}
