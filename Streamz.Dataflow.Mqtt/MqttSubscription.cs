using System.Buffers;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace Streamz.Dataflow;

/// <summary>One connection with its subscriptions. What arrives waits here, since MQTTnet itself would queue it without a bound.</summary>
internal sealed class MqttSubscription : IAsyncDisposable
{
    /// <summary>What MQTT lets a broker have under way if the client does not say.</summary>
    private const int DefaultReceiveMaximum = ushort.MaxValue;

    private readonly IMqttClient _client = MqttConnecting.CreateClient();
    private readonly MqttClientOptions _options;
    private readonly int _receiveMaximum;
    private readonly Action _drop;
    private readonly Channel<MqttApplicationMessageReceivedEventArgs> _arrived;
    private volatile bool _isClosing;
    private Task _leaving = Task.CompletedTask;

    public MqttSubscription(MqttClientOptions options, Action drop)
    {
        _options = options;
        _drop = drop;
        _receiveMaximum = options.ReceiveMaximum == 0 ? DefaultReceiveMaximum : options.ReceiveMaximum;
        _arrived = Channel.CreateBounded<MqttApplicationMessageReceivedEventArgs>(new BoundedChannelOptions(_receiveMaximum) { SingleReader = true });
        _client.ApplicationMessageReceivedAsync += OnReceivedAsync;
        _client.DisconnectedAsync += OnDisconnectedAsync;
    }

    /// <summary>What has arrived; it ends when the connection does, after that.</summary>
    public ChannelReader<MqttApplicationMessageReceivedEventArgs> Arrived => _arrived.Reader;

    /// <summary>Why the connection ended, if that is known.</summary>
    public Exception? Loss { get; private set; }

    public static MqttMessage MessageOf(MqttApplicationMessageReceivedEventArgs received)
    {
        var message = received.ApplicationMessage;
        return new MqttMessage(message.Topic, message.Payload.ToArray(), message.Retain);
    }

    public async Task OpenAsync(IEnumerable<string> topicFilters, MqttQualityOfServiceLevel quality, TimeProvider clock, CancellationToken cancellation)
    {
        await _client.OpenAsync(_options, clock, cancellation).ConfigureAwait(false);
        var subscribing = new MqttClientSubscribeOptions
        {
            TopicFilters = [.. topicFilters.Select(filter => new MQTTnet.Packets.MqttTopicFilter { Topic = filter, QualityOfServiceLevel = quality })],
        };
        var result = await _client.SubscribeAsync(subscribing, cancellation).ConfigureAwait(false);
        if (result.Items.FirstOrDefault(item => item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2) is { } refused)
        {
            throw new MqttCommunicationException($"The broker {MqttConnecting.BrokerOf(_options)} refused the subscription to '{refused.TopicFilter.Topic}': {refused.ResultCode}.");
        }
    }

    public async Task AcknowledgeAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        try
        {
            if (_client.IsConnected)
            {
                await received.AcknowledgeAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // The connection has just broken: the broker gives the message again, if it kept the session.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isClosing = true;
        await _leaving.ConfigureAwait(false);
        await _client.CloseAsync().ConfigureAwait(false);
        _arrived.Writer.TryComplete();
        while (_arrived.Reader.TryRead(out var received))
        {
            DropIfLost(received);
        }
    }

    /// <summary>Never waits: MQTTnet would go on reading behind it.</summary>
    private Task OnReceivedAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        received.AutoAcknowledge = false;
        if (!_arrived.Writer.TryWrite(received) && !_isClosing)
        {
            DropIfLost(received);
            if (received.ApplicationMessage.QualityOfServiceLevel != MqttQualityOfServiceLevel.AtMostOnce)
            {
                Leave();
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>What MQTT asks of a client that was given too much.</summary>
    private void Leave()
    {
        var violation = new MqttProtocolViolationException(
            $"The broker {MqttConnecting.BrokerOf(_options)} gave a message while {_receiveMaximum} waited for their acknowledgement already, which is all that the client allows it. Raise ReceiveMaximum of the client's options, or subscribe with AtMostOnce to lose what finds no room.");
        if (_arrived.Writer.TryComplete(violation))
        {
            // Not awaited by the caller, for whom leaving waits.
            _leaving = _client.TryDisconnectAsync(MqttClientDisconnectOptionsReason.ReceiveMaximumExceeded);
        }
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs ended)
    {
        Loss = ended.Exception;
        _arrived.Writer.TryComplete();
        return Task.CompletedTask;
    }

    /// <summary>What the broker need not have acknowledged is nowhere else.</summary>
    private void DropIfLost(MqttApplicationMessageReceivedEventArgs received)
    {
        if (received.ApplicationMessage.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce)
        {
            _drop();
        }
    }
}
