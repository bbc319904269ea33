using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using MQTTnet;
using MQTTnet.Protocol;

namespace Streamz.Dataflow.Tests.Mqtt;

/// <summary>How a client has gone.</summary>
internal enum Departure
{
    Goodbye,
    Broken,
    TakenOver,
}

/// <summary>A broker for a test, what clients have done there, and a client that gives and hears what a test wants.</summary>
internal sealed partial class Broker : IAsyncDisposable
{
    private const string OwnClient = "test";

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _subscribed = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Departure>> _left = new();
    private readonly ConcurrentQueue<MqttMessage> _heard = [];
    private readonly SemaphoreSlim _hearing = new(0);
    private readonly SemaphoreSlim _acknowledgements = new(0);
    private readonly IMqttClient _own = new MqttClientFactory().CreateMqttClient();
    private Mosquitto _mosquitto = null!;
    private int _acknowledged;

    private Broker()
    {
    }

    public IPEndPoint EndPoint => _mosquitto.EndPoint;

    /// <summary>How many messages clients have acknowledged.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Starts a broker that lets everybody do everything, but for the topic <c>secret</c>; without one here, the test is ignored.</summary>
    public static async Task<Broker> StartAsync()
    {
        var broker = new Broker();
        broker._mosquitto = await Mosquitto.StartAsync(broker.OnLog);
        broker._own.ApplicationMessageReceivedAsync += broker.OnHeardAsync;
        await broker._own.ConnectAsync(broker.Client(OwnClient)).Soon();
        return broker;
    }

    public static MqttClientOptionsBuilder ClientOf(EndPoint endPoint, string id) => new MqttClientOptionsBuilder().WithEndPoint(endPoint).WithClientId(id);

    public MqttClientOptions Client(string id) => ClientOf(EndPoint, id).Build();

    /// <summary>Completes when a client has subscribed and no earlier call has told of it.</summary>
    public Task SubscribedAsync(string id, CancellationToken cancellation = default) => Subscribed(id).WaitAsync(cancellation);

    /// <summary>Completes when a message was acknowledged that no earlier call has told of.</summary>
    public Task AcknowledgedAsync() => _acknowledgements.WaitAsync();

    /// <summary>Completes when a client has gone for the first time, with how it went.</summary>
    public Task<Departure> LeftAsync(string id) => Left(id).Task;

    public Task GiveAsync(string topic, string text, MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtLeastOnce, bool retain = false) =>
        _own.PublishAsync(new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(text).WithQualityOfServiceLevel(quality).WithRetainFlag(retain).Build()).Soon();

    /// <summary>Begins to hear what is published, and what was retained.</summary>
    public Task ListenAsync(string topicFilter = "#") =>
        _own.SubscribeAsync(new MqttTopicFilterBuilder().WithTopic(topicFilter).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.ExactlyOnce).Build()).Soon();

    /// <summary>The first messages that were heard, once there are as many.</summary>
    public async Task<IReadOnlyList<MqttMessage>> HeardAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _hearing.WaitAsync().Soon();
        }

        return [.. _heard.Take(count)];
    }

    /// <summary>Connects under the name of a client, which the broker throws out for it, and leaves.</summary>
    public async Task TakeOverAsync(string id)
    {
        using var other = new MqttClientFactory().CreateMqttClient();
        await other.ConnectAsync(Client(id)).Soon();
        await other.DisconnectAsync().Soon();
    }

    public async ValueTask DisposeAsync()
    {
        _own.Dispose();
        await _mosquitto.DisposeAsync();
        _hearing.Dispose();
        _acknowledgements.Dispose();
    }

    [GeneratedRegex("^Sending SUBACK to (.+)$")]
    private static partial Regex SubscribedLine();

    [GeneratedRegex("^Received PUB(ACK|REC) from (.+) \\(")]
    private static partial Regex AcknowledgedLine();

    [GeneratedRegex("^Client (.+?) (disconnected\\.|already connected, closing old connection\\.|closed its connection\\.|disconnected due to)")]
    private static partial Regex LeftLine();

    private void OnLog(string line)
    {
        if (SubscribedLine().Match(line) is { Success: true } subscribed)
        {
            Subscribed(subscribed.Groups[1].Value).Release();
        }
        else if (AcknowledgedLine().Match(line) is { Success: true } acknowledged)
        {
            if (acknowledged.Groups[2].Value != OwnClient)
            {
                Interlocked.Increment(ref _acknowledged);
                _acknowledgements.Release();
            }
        }
        else if (LeftLine().Match(line) is { Success: true } left)
        {
            var how = left.Groups[2].Value;
            Left(left.Groups[1].Value).TrySetResult(
                how == "disconnected." ? Departure.Goodbye : how.StartsWith("already", StringComparison.Ordinal) ? Departure.TakenOver : Departure.Broken);
        }
    }

    private Task OnHeardAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        var message = received.ApplicationMessage;
        _heard.Enqueue(new MqttMessage(message.Topic, System.Buffers.BuffersExtensions.ToArray(message.Payload), message.Retain));
        _hearing.Release();
        return Task.CompletedTask;
    }

    private SemaphoreSlim Subscribed(string id) => _subscribed.GetOrAdd(id, _ => new SemaphoreSlim(0));

    private TaskCompletionSource<Departure> Left(string id) =>
        _left.GetOrAdd(id, _ => new TaskCompletionSource<Departure>(TaskCreationOptions.RunContinuationsAsynchronously));
}
