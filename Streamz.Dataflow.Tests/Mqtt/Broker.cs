using System.Collections.Concurrent;
using System.Net;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Streamz.Dataflow.Tests.Mqtt;

/// <summary>A broker within the process, on a port of the loopback address that the system chooses.</summary>
internal sealed class Broker : IAsyncDisposable
{
    private readonly MqttServer _server;
    private readonly MqttServerOptions _options;
    private readonly SemaphoreSlim _subscribed = new(0);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<MqttClientDisconnectType>> _left = new();
    private readonly SemaphoreSlim _acknowledgements = new(0);
    private int _acknowledged;

    private Broker()
    {
        _options = new MqttServerOptionsBuilder()
            .WithDefaultEndpoint()
            .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
            .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
            .WithDefaultEndpointPort(0)
            .Build();
        _server = new MqttServerFactory().CreateMqttServer(_options);
        _server.ClientSubscribedTopicAsync += _ =>
        {
            _subscribed.Release();
            return Task.CompletedTask;
        };
        _server.ClientAcknowledgedPublishPacketAsync += _ =>
        {
            Interlocked.Increment(ref _acknowledged);
            _acknowledgements.Release();
            return Task.CompletedTask;
        };
        _server.InterceptingPublishAsync += message =>
        {
            if (Refuse(message.ApplicationMessage.Topic))
            {
                message.Response.ReasonCode = MqttPubAckReasonCode.NotAuthorized;
                message.ProcessPublish = false;
            }
            else
            {
                Published.Enqueue(MessageOf(message.ApplicationMessage));
            }

            return Task.CompletedTask;
        };
        _server.ClientDisconnectedAsync += ended =>
        {
            Left(ended.ClientId).TrySetResult(ended.DisconnectType);
            return Task.CompletedTask;
        };
    }

    /// <summary>What clients have published, in the order of arrival; what was refused is not there.</summary>
    public ConcurrentQueue<MqttMessage> Published { get; } = [];

    /// <summary>Which topics nobody may publish to. The default is none.</summary>
    public Func<string, bool> Refuse { get; set; } = _ => false;

    /// <summary>How many messages clients have acknowledged.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Completes when a topic was subscribed to that no earlier call has told of.</summary>
    public Task SubscribedAsync(CancellationToken cancellation = default) => _subscribed.WaitAsync(cancellation);

    /// <summary>Completes when a message was acknowledged that no earlier call has told of.</summary>
    public Task AcknowledgedAsync() => _acknowledgements.WaitAsync();

    public static async Task<Broker> StartAsync()
    {
        var broker = new Broker();
        await broker._server.StartAsync();
        return broker;
    }

    public MqttClientOptions Client(string id, ushort receiveMaximum = 0) =>
        new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _options.DefaultEndpointOptions.Port).WithClientId(id).WithReceiveMaximum(receiveMaximum).Build();

    /// <summary>Completes when a client has gone, with how it went.</summary>
    public Task<MqttClientDisconnectType> LeftAsync(string id) => Left(id).Task;

    public Task GiveAsync(string topic, string text, MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtLeastOnce, bool retain = false) =>
        _server.InjectApplicationMessage(new InjectedMqttApplicationMessage(new MqttApplicationMessageBuilder()
            .WithTopic(topic).WithPayload(text).WithQualityOfServiceLevel(quality).WithRetainFlag(retain).Build())
        {
            SenderClientId = "broker",
        });

    public async Task<MqttMessage?> RetainedAsync(string topic) =>
        await _server.GetRetainedMessageAsync(topic) is { } retained ? MessageOf(retained) : null;

    /// <summary>Breaks the connection of a client off.</summary>
    public Task ThrowOutAsync(string id) =>
        _server.DisconnectClientAsync(id, new MqttServerClientDisconnectOptions { ReasonCode = MqttDisconnectReasonCode.ServerBusy });

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new MqttServerStopOptions());
        _server.Dispose();
        _subscribed.Dispose();
        _acknowledgements.Dispose();
    }

    private static MqttMessage MessageOf(MqttApplicationMessage message) =>
        new(message.Topic, System.Buffers.BuffersExtensions.ToArray(message.Payload), message.Retain);

    private TaskCompletionSource<MqttClientDisconnectType> Left(string id) =>
        _left.GetOrAdd(id, _ => new TaskCompletionSource<MqttClientDisconnectType>(TaskCreationOptions.RunContinuationsAsynchronously));
}
