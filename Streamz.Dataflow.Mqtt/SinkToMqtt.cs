using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The sink that publishes to an MQTT broker.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> the element stays in its place until the broker has acknowledged the message; with
/// quality <c>AtMostOnce</c>, which has no acknowledgement, until it was handed to the network. <b>Completion:</b> disconnects when the
/// pipeline has ended, also after a fault or an abort. <b>Faults:</b> a broker that cannot be reached at the start is a failure of the node. A message
/// that cannot be sent, or that the broker refuses, fails the element and meets the node's error policy; the next one, or the same one under a
/// policy that retries, connects anew. An element is delivered when the broker has acknowledged it. No answer of
/// the broker is awaited for longer than the <c>Timeout</c> of the client's options, 100 seconds if it is not set, by the clock of the pipeline, and
/// the goodbye for no longer than 5 seconds.
/// </remarks>
public static class SinkToMqttOperator
{
    /// <summary>Publishes each message to its topic.</summary>
    /// <param name="stream">The stream of messages.</param>
    /// <param name="client">Where and as whom to connect. Its client id must be of no other connection.</param>
    /// <param name="quality">What is done so that a message arrives. The default is at least once.</param>
    /// <param name="options">The name, capacity, timeout and error policy of the node.</param>
    /// <returns>The handle of the sink.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="client"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="quality"/> is no such level.</exception>
    public static StreamSink SinkToMqtt(
        this Stream<MqttMessage> stream,
        MqttClientOptions client,
        MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtLeastOnce,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return Create(stream, message => message, client, quality, MqttConnection.BrokerOf(client), options);
    }

    /// <summary>Publishes each text, in UTF-8, to one topic.</summary>
    /// <param name="stream">The stream of texts.</param>
    /// <param name="client">Where and as whom to connect. Its client id must be of no other connection.</param>
    /// <param name="topic">The topic, without wildcards.</param>
    /// <param name="retain">Whether the broker keeps the newest message for those who subscribe later. The default is false.</param>
    /// <param name="quality">What is done so that a message arrives. The default is at least once.</param>
    /// <param name="options">The name, capacity, timeout and error policy of the node.</param>
    /// <returns>The handle of the sink.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="client"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="topic"/> is null, empty or has a wildcard.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="quality"/> is no such level.</exception>
    public static StreamSink SinkToMqtt(
        this Stream<string> stream,
        MqttClientOptions client,
        string topic,
        bool retain = false,
        MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtLeastOnce,
        NodeOptions? options = null)
    {
        CheckTopic(topic);
        return Create(stream, text => new MqttMessage(topic, text, retain), client, quality, topic, options);
    }

    /// <summary>Publishes each payload to one topic.</summary>
    /// <param name="stream">The stream of payloads.</param>
    /// <param name="client">Where and as whom to connect. Its client id must be of no other connection.</param>
    /// <param name="topic">The topic, without wildcards.</param>
    /// <param name="retain">Whether the broker keeps the newest message for those who subscribe later. The default is false.</param>
    /// <param name="quality">What is done so that a message arrives. The default is at least once.</param>
    /// <param name="options">The name, capacity, timeout and error policy of the node.</param>
    /// <returns>The handle of the sink.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="client"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="topic"/> is null, empty or has a wildcard.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="quality"/> is no such level.</exception>
    public static StreamSink SinkToMqtt(
        this Stream<byte[]> stream,
        MqttClientOptions client,
        string topic,
        bool retain = false,
        MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtLeastOnce,
        NodeOptions? options = null)
    {
        CheckTopic(topic);
        return Create(stream, payload => new MqttMessage(topic, payload, retain), client, quality, topic, options);
    }

    private static void CheckTopic(string topic)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        if (topic.AsSpan().ContainsAny('+', '#'))
        {
            throw new ArgumentException($"sink_to_mqtt cannot publish to '{topic}': '+' and '#' are for subscriptions. Name one topic.", nameof(topic));
        }
    }

    private static StreamSink Create<T>(
        Stream<T> stream,
        Func<T, MqttMessage> toMessage,
        MqttClientOptions client,
        MqttQualityOfServiceLevel quality,
        string details,
        NodeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(client);
        MqttQuality.Check(quality, "sink_to_mqtt");
        return stream.Then(
            new SinkNode<T>("sink_to_mqtt", () => new MqttStage<T>(toMessage, client, quality)) { Details = details, MayWait = true, AcceptsTimeout = true },
            options);
    }

    private sealed class MqttStage<T>(Func<T, MqttMessage> toMessage, MqttClientOptions options, MqttQualityOfServiceLevel quality)
        : SinkStage<T>, IAsyncDisposable
    {
        private MqttConnection? _connection;

        /// <summary>Connects, so that a broker that cannot be reached is found before the first element.</summary>
        public override ValueTask OnStartAsync() => Context.AwaitAsync(new ValueTask(ConnectAsync(Context.Aborted)));

        public override ValueTask OnElementAsync(Element<T> element) =>
            Context.AwaitAsync(new ValueTask(PublishAsync(toMessage(element.Value), Context.BeginCall())));

        public ValueTask DisposeAsync() => _connection is null ? default : Context.AwaitAsync(_connection.DisposeAsync());

        private async Task<MqttConnection> ConnectAsync(CancellationToken cancellation)
        {
            if (_connection is not null)
            {
                await _connection.DisposeAsync().ConfigureAwait(false);
            }

            _connection = new MqttConnection(options, Context.TimeProvider);
            await _connection.OpenAsync(cancellation).ConfigureAwait(false);
            return _connection;
        }

        private async Task PublishAsync(MqttMessage message, CancellationToken cancellation)
        {
            var connection = _connection is { IsUsable: true } ? _connection : await ConnectAsync(cancellation).ConfigureAwait(false);
            var publishing = new MqttApplicationMessage
            {
                Topic = message.Topic,
                Payload = new(message.Payload),
                Retain = message.IsRetained,
                QualityOfServiceLevel = quality,
            };

            var what = $"acknowledged a message to '{message.Topic}'";
            var result = await connection.RequestAsync((client, limit) => client.PublishAsync(publishing, limit), what, cancellation).ConfigureAwait(false);
            if (!result.IsSuccess)
            {
                throw new MqttCommunicationException($"The broker {MqttConnection.BrokerOf(options)} refused a message to '{message.Topic}': {result.ReasonCode}. {result.ReasonString}");
            }
        }
    }
}
