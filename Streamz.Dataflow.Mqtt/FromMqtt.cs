using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>Sources that subscribe to topics of an MQTT broker.</summary>
public static class MqttSource
{
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(30);

    /// <summary>How often a first subscription may come to no answer before that is a fault.</summary>
    private const int MaxStarts = 3;

    extension(StreamSource)
    {
        /// <summary>Subscribes to the topics that match a filter, and emits the messages.</summary>
        /// <inheritdoc cref="FromMqtt(MqttClientOptions, IEnumerable{string}, MqttQualityOfServiceLevel, TimeSpan?, StreamOptions?)" path="/remarks|/returns"/>
        /// <param name="client">Where and as whom to connect. Its client id must be of no other connection.</param>
        /// <param name="topicFilter">The topic; <c>+</c> stands for any one level, <c>#</c> at the end for any further ones.</param>
        /// <param name="quality">The most that the broker is asked to do for a message. The default is at least once.</param>
        /// <param name="reconnectDelay">How long to wait before the first try to connect again; more than zero. The default is one second.</param>
        /// <param name="options">The settings of the pipeline, if this source states them.</param>
        /// <exception cref="ArgumentNullException"><paramref name="client"/> is null.</exception>
        /// <exception cref="ArgumentException"><paramref name="topicFilter"/> is null or empty.</exception>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="reconnectDelay"/> is not more than zero, or <paramref name="quality"/> is no such level.</exception>
        public static Stream<MqttMessage> FromMqtt(
            MqttClientOptions client,
            string topicFilter,
            MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtLeastOnce,
            TimeSpan? reconnectDelay = null,
            StreamOptions? options = null)
        {
            ArgumentException.ThrowIfNullOrEmpty(topicFilter);
            return Create(client, [topicFilter], quality, reconnectDelay, options);
        }

        /// <summary>Subscribes to the topics that match any of some filters, and emits the messages.</summary>
        /// <remarks>
        /// <b>Order:</b> that of the broker. <b>Buffering:</b> up to <c>ReceiveMaximum</c> of <paramref name="client"/> messages, 65,535 if it is not set.
        /// <b>Back-pressure:</b> a message is acknowledged once the pipeline has taken it, so a broker holds back at <c>ReceiveMaximum</c>; one that
        /// does not stops the pipeline. MQTT cannot hold back messages of quality <c>AtMostOnce</c>: those that find no room are dropped and counted.
        /// <b>Completion:</b> ends when the pipeline stops, and disconnects; what was not acknowledged stays with the broker, if the session
        /// outlives the connection. <b>Faults:</b> a first connection or subscription that fails stops the pipeline; one that the broker accepts, but
        /// that breaks before the subscription is confirmed, does so at its third try. A connection that breaks later is told in the log and made
        /// again, after a delay that doubles with each try up to 30 seconds, by the clock of the pipeline. No answer of the broker is awaited for
        /// longer than the <c>Timeout</c> of <paramref name="client"/>, 100 seconds if it is not set, and the goodbye for no longer than 5 seconds.
        /// Messages are given at least once: one whose acknowledgement was lost comes again, also with <c>ExactlyOnce</c>.
        /// </remarks>
        /// <param name="client">Where and as whom to connect. Its client id must be of no other connection.</param>
        /// <param name="topicFilters">The topics; <c>+</c> stands for any one level, <c>#</c> at the end for any further ones. At least one.</param>
        /// <param name="quality">The most that the broker is asked to do for a message. The default is at least once.</param>
        /// <param name="reconnectDelay">How long to wait before the first try to connect again; more than zero. The default is one second.</param>
        /// <param name="options">The settings of the pipeline, if this source states them.</param>
        /// <returns>The stream of messages.</returns>
        /// <exception cref="ArgumentNullException"><paramref name="client"/> or <paramref name="topicFilters"/> is null.</exception>
        /// <exception cref="ArgumentException"><paramref name="topicFilters"/> is empty, or one of them is.</exception>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="reconnectDelay"/> is not more than zero, or <paramref name="quality"/> is no such level.</exception>
        public static Stream<MqttMessage> FromMqtt(
            MqttClientOptions client,
            IEnumerable<string> topicFilters,
            MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtLeastOnce,
            TimeSpan? reconnectDelay = null,
            StreamOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(topicFilters);
            return Create(client, [.. topicFilters], quality, reconnectDelay, options);
        }
    }

    private static Stream<MqttMessage> Create(
        MqttClientOptions client,
        string[] topicFilters,
        MqttQualityOfServiceLevel quality,
        TimeSpan? reconnectDelay,
        StreamOptions? options)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (topicFilters.Length == 0 || Array.Exists(topicFilters, string.IsNullOrEmpty))
        {
            throw new ArgumentException("from_mqtt was given no topic, or an empty one. Name at least one topic; '#' is all of them.", nameof(topicFilters));
        }

        MqttQuality.Check(quality, "from_mqtt");
        var delay = reconnectDelay ?? s_firstDelay;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(delay, TimeSpan.Zero, nameof(reconnectDelay));
        return new Stream<MqttMessage>(
            new SourceNode<MqttMessage>("from_mqtt", () => new MqttStage(client, topicFilters, quality, delay), options)
            {
                Details = string.Join(", ", topicFilters),
            });
    }

    private sealed class MqttStage(MqttClientOptions client, string[] topicFilters, MqttQualityOfServiceLevel quality, TimeSpan firstDelay) : SourceStage<MqttMessage>
    {
        private bool _wasSubscribed;
        private int _starts;
        private TimeSpan _delay;

        public override async Task RunAsync(SourceContext<MqttMessage> context)
        {
            _delay = firstDelay;
            while (true)
            {
                var failure = await ConnectAndReadAsync(context).ConfigureAwait(true);
                context.Stopping.ThrowIfCancellationRequested();
                MqttLog.ConnectionLost(context.Logger, context.NodeName, _delay, failure);
                await context.WaitAsync(_delay).ConfigureAwait(true);
                _delay = TimeSpan.FromTicks(Math.Max(firstDelay.Ticks, Math.Min(_delay.Ticks * 2, s_longestDelay.Ticks)));
            }
        }

        /// <returns>Why the connection could not be made again or broke, if that is known.</returns>
        private async Task<Exception?> ConnectAndReadAsync(SourceContext<MqttMessage> context)
        {
            var subscription = new MqttSubscription(client, context.TimeProvider, context.Drop);
            try
            {
                await context.AwaitAsync(new ValueTask(subscription.OpenAsync(topicFilters, quality, context.Stopping))).ConfigureAwait(true);
                (_wasSubscribed, _delay) = (true, firstDelay);
                await ReadAsync(context, subscription).ConfigureAwait(true);
                return subscription.Loss;
            }
            catch (Exception failure) when (context.Stopping.IsCancellationRequested)
            {
                return failure;
            }
            catch (Exception failure) when (failure is not MqttProtocolViolationException && (_wasSubscribed || subscription.BrokeInSubscribing))
            {
                if (!_wasSubscribed && ++_starts == MaxStarts)
                {
                    throw;
                }

                return failure;
            }
            finally
            {
                await context.AwaitAsync(subscription.DisposeAsync()).ConfigureAwait(true);
            }
        }

        private static async Task ReadAsync(SourceContext<MqttMessage> context, MqttSubscription subscription)
        {
            while (await context.AwaitAsync(subscription.Arrived.WaitToReadAsync(context.Stopping)).ConfigureAwait(true))
            {
                while (subscription.Arrived.TryRead(out var received))
                {
                    await context.EmitAsync(MqttSubscription.MessageOf(received)).ConfigureAwait(true);
                    await context.AwaitAsync(new ValueTask(subscription.AcknowledgeAsync(received, context.Stopping))).ConfigureAwait(true);
                }
            }
        }
    }
}
