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

    private readonly MqttConnection _connection;
    private readonly MqttClientOptions _options;
    private readonly int _receiveMaximum;
    private readonly Action _drop;
    private readonly Channel<MqttApplicationMessageReceivedEventArgs> _arrived;
    private volatile bool _isClosing;
    private Task _leaving = Task.CompletedTask;

    public MqttSubscription(MqttClientOptions options, TimeProvider clock, Action drop)
    {
        _options = options;
        _drop = drop;
        _receiveMaximum = options.ReceiveMaximum == 0 ? DefaultReceiveMaximum : options.ReceiveMaximum;
        _arrived = Channel.CreateBounded<MqttApplicationMessageReceivedEventArgs>(new BoundedChannelOptions(_receiveMaximum) { SingleReader = true });
        _connection = new MqttConnection(options, clock, OnReceived);
        _connection.Gone.UnsafeRegister(_ => _arrived.Writer.TryComplete(), null);
    }

    /// <summary>What has arrived; it ends when the connection does, after that.</summary>
    public ChannelReader<MqttApplicationMessageReceivedEventArgs> Arrived => _arrived.Reader;

    /// <summary>Why the connection ended, if that is known.</summary>
    public Exception? Loss => _connection.Loss;

    /// <summary>Whether the broker has accepted the connection, but the subscription came to no answer.</summary>
    public bool BrokeInSubscribing { get; private set; }

    public static MqttMessage MessageOf(MqttApplicationMessageReceivedEventArgs received)
    {
        var message = received.ApplicationMessage;
        return new MqttMessage(message.Topic, message.Payload.ToArray(), message.Retain);
    }

    public async Task OpenAsync(IEnumerable<string> topicFilters, MqttQualityOfServiceLevel quality, CancellationToken cancellation)
    {
        await _connection.OpenAsync(cancellation).ConfigureAwait(false);
        var subscribing = new MqttClientSubscribeOptions
        {
            TopicFilters = [.. topicFilters.Select(filter => new MQTTnet.Packets.MqttTopicFilter { Topic = filter, QualityOfServiceLevel = quality })],
        };
        BrokeInSubscribing = true;
        var result = await _connection.RequestAsync((client, limit) => client.SubscribeAsync(subscribing, limit), "confirmed the subscription", cancellation).ConfigureAwait(false);
        BrokeInSubscribing = false;
        if (result.Items.FirstOrDefault(item => item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2) is { } refused)
        {
            throw new MqttCommunicationException($"The broker {MqttConnection.BrokerOf(_options)} refused the subscription to '{refused.TopicFilter.Topic}': {refused.ResultCode}.");
        }
    }

    public Task AcknowledgeAsync(MqttApplicationMessageReceivedEventArgs received, CancellationToken cancellation) =>
        _connection.AcknowledgeAsync(received, cancellation);

    public async ValueTask DisposeAsync()
    {
        _isClosing = true;
        await _leaving.ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _arrived.Writer.TryComplete();
        while (_arrived.Reader.TryRead(out var received))
        {
            DropIfLost(received);
        }
    }

    private void OnReceived(MqttApplicationMessageReceivedEventArgs received)
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
    }

    /// <summary>What MQTT asks of a client that was given too much.</summary>
    private void Leave()
    {
        var violation = new MqttProtocolViolationException(
            $"The broker {MqttConnection.BrokerOf(_options)} gave a message while {_receiveMaximum} waited for their acknowledgement already, which is all that the client allows it. Raise ReceiveMaximum of the client's options, or subscribe with AtMostOnce to lose what finds no room.");
        if (_leaving.IsCompleted && !_connection.Gone.IsCancellationRequested)
        {
            // Before the reader is told, who waits for it; not awaited here, since the connection ends only after the caller.
            _leaving = _connection.LeaveAsync(MqttClientDisconnectOptionsReason.ReceiveMaximumExceeded);
            _arrived.Writer.TryComplete(violation);
        }
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
