using Microsoft.Extensions.Time.Testing;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.Mqtt;

/// <summary>Connections that break, brokers that fall silent, and names that another client takes.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(60_000)]
internal sealed class MqttConnectionTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly CapturedLog _log = new(eventOfInterest: 101);
    private Broker _broker = null!;

    [SetUp]
    public async Task StartBroker() => _broker = await Broker.StartAsync();

    [TearDown]
    public ValueTask StopBroker() => _broker?.DisposeAsync() ?? default;

    public void Dispose() => _log.Dispose();

    [Test]
    public async Task FromMqtt_NameTakenOver_ConnectsAgainByTheClockOfThePipeline()
    {
        var (arrived, read) = Arrival.Of(2);
        await using var pipeline = Reading(_broker.Client("in")).Sink(arrived).Start();
        await _broker.SubscribedAsync("in").Soon();
        await _broker.GiveAsync("topic", "a");
        await _broker.AcknowledgedAsync().Soon();

        await _broker.TakeOverAsync("in");
        await TryAgainAfterAsync(pipeline, seconds: 1);
        await _broker.SubscribedAsync("in").Soon();
        await _broker.GiveAsync("topic", "b");

        Assert.That((await read.Soon()).Select(message => message.Text), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(_log.Entries.Single().Failure, Is.InstanceOf<MqttCommunicationException>().With.Message.Contains("ended the connection"));
    }

    [Test]
    public async Task FromMqtt_FirstSubscriptionBreaks_IsTriedAgain()
    {
        var breaks = 2;
        await using var wire = new Wire(_broker.EndPoint, packet => packet == MqttControlPacketType.SubAck && breaks-- > 0 ? Fate.Break : Fate.Pass);
        var (arrived, read) = Arrival.Of(1);
        await using var pipeline = Reading(Client(wire)).Sink(arrived).Start();

        await TryAgainAfterAsync(pipeline, seconds: 1);
        await TryAgainAfterAsync(pipeline, seconds: 2);

        // The broker has confirmed each of the three; the client has heard of the last one only.
        for (var i = 0; i < 3; i++)
        {
            await _broker.SubscribedAsync("client").Soon();
        }

        await _broker.GiveAsync("topic", "a");
        Assert.That(await read.Soon(), Is.EqualTo(new MqttMessage[] { new("topic", "a") }));
    }

    [Test]
    public async Task FromMqtt_FirstSubscriptionAlwaysBreaks_IsAFaultAtTheThirdTry()
    {
        await using var wire = new Wire(_broker.EndPoint, packet => packet == MqttControlPacketType.SubAck ? Fate.Break : Fate.Pass);
        await using var pipeline = Reading(Client(wire)).Sink(_ => { }).Start();

        await TryAgainAfterAsync(pipeline, seconds: 1);
        await TryAgainAfterAsync(pipeline, seconds: 2);

        var fault = Assert.CatchAsync<NodeFailedException>(() => pipeline.Completion.Soon());
        Assert.That(fault!.InnerException, Is.InstanceOf<MqttCommunicationException>().With.Message.Contains("broke before it had confirmed the subscription"));
        Assert.That(_log.Entries, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task FromMqtt_SubscriptionRefused_IsAFaultAtOnce()
    {
        // The rights of mosquitto's file concern messages, not subscriptions, so the refusal is put in the place of the broker's answer.
        await using var wire = new Wire(_broker.EndPoint, packet => packet == MqttControlPacketType.SubAck ? Fate.Vanish : Fate.Pass);
        await using var pipeline = Reading(Client(wire)).Sink(_ => { }).Start();
        await wire.StruckAsync();

        // SUBACK of the first request, no properties, one answer: not authorized.
        await wire.InjectAsync([0x90, 4, 0, 1, 0, 0x87]);

        var fault = Assert.CatchAsync<NodeFailedException>(() => pipeline.Completion.Soon());
        Assert.That(fault!.InnerException, Is.InstanceOf<MqttCommunicationException>().With.Message.Contains("refused the subscription to '#': NotAuthorized"));
    }

    [TestCase(MqttControlPacketType.ConnAck, Fate.Vanish)]
    [TestCase(MqttControlPacketType.SubAck, Fate.Vanish)]
    [TestCase(MqttControlPacketType.SubAck, Fate.Break)]
    public async Task FromMqtt_StoppedWithoutAnswerOfTheBroker_Ends(MqttControlPacketType answer, Fate fate)
    {
        await using var wire = new Wire(_broker.EndPoint, packet => packet == answer ? fate : Fate.Pass);
        var pipeline = Reading(Client(wire)).Sink(_ => { }).Start();
        await wire.StruckAsync();

        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();
    }

    [TestCase(MqttControlPacketType.PubAck, Fate.Vanish, MqttQualityOfServiceLevel.AtLeastOnce)]
    [TestCase(MqttControlPacketType.PubAck, Fate.Break, MqttQualityOfServiceLevel.AtLeastOnce)]
    [TestCase(MqttControlPacketType.PubRec, Fate.Break, MqttQualityOfServiceLevel.ExactlyOnce)]
    [TestCase(MqttControlPacketType.Disconnect, Fate.Vanish, MqttQualityOfServiceLevel.AtLeastOnce)]
    [TestCase(MqttControlPacketType.Disconnect, Fate.Break, MqttQualityOfServiceLevel.AtLeastOnce)]
    public async Task FromMqtt_StoppedWhileItsLastWordsAreLost_Ends(MqttControlPacketType last, Fate fate, MqttQualityOfServiceLevel quality)
    {
        await using var wire = new Wire(_broker.EndPoint, packet => packet == last ? fate : Fate.Pass);
        var (arrived, read) = Arrival.Of(1);
        var options = new StreamOptions { TimeProvider = _clock, LoggerFactory = _log };
        var pipeline = StreamSource.FromMqtt(Client(wire), "letters", quality, options: options).Sink(arrived).Start();
        await _broker.SubscribedAsync("client").Soon();

        // Only the client acknowledges: what the test gives is acknowledged on a way of its own.
        await _broker.GiveAsync("letters", "a", quality);
        await read.Soon();

        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();
    }

    [TestCase(MqttControlPacketType.ConnAck, "accepted the connection", 1)]
    [TestCase(MqttControlPacketType.SubAck, "confirmed the subscription", 3)]
    public async Task FromMqtt_BrokerIsSilent_IsAFaultAfterTheTimeout(MqttControlPacketType answer, string what, int tries)
    {
        await using var wire = new Wire(_broker.EndPoint, packet => packet == answer ? Fate.Vanish : Fate.Pass);
        await using var pipeline = Reading(Client(wire)).Sink(_ => { }).Start();

        for (var i = 1; i < tries; i++)
        {
            await FallSilentAsync(pipeline, wire);
            await TryAgainAfterAsync(pipeline, seconds: i);
        }

        await FallSilentAsync(pipeline, wire);

        var fault = Assert.CatchAsync<NodeFailedException>(() => pipeline.Completion.Soon());
        Assert.That(fault!.InnerException, Is.InstanceOf<MqttCommunicationException>().With.Message.Contains($"has not {what} within 00:01:40"));
    }

    [Test]
    public async Task FromMqtt_BrokerIgnoresReceiveMaximum_StopsThePipelineAndSaysSo()
    {
        await using var wire = new Wire(_broker.EndPoint);
        var release = new TaskCompletionSource();
        var client = Broker.ClientOf(wire.EndPoint, "client").WithReceiveMaximum(2).Build();
        await using var pipeline = StreamSource.FromMqtt(client, "#").Sink(_ => release.Task).Start();
        await _broker.SubscribedAsync("client").Soon();
        await _broker.GiveAsync("topic", "x");
        await _broker.AcknowledgedAsync().Soon();

        for (byte packetId = 11; packetId < 21; packetId++)
        {
            // PUBLISH of quality 1: topic "t", the identifier, no properties, payload "x".
            await wire.InjectAsync([0x32, 7, 0, 1, (byte)'t', 0, packetId, 0, (byte)'x']);
        }

        await _broker.LeftAsync("client").Soon();
        release.SetResult();

        var fault = Assert.CatchAsync<NodeFailedException>(() => pipeline.Completion.Soon());
        Assert.That(fault!.InnerException, Is.InstanceOf<MqttProtocolViolationException>().With.Message.Contains("ReceiveMaximum"));
    }

    [Test]
    public async Task SinkToMqtt_NameTakenOver_ConnectsAnew()
    {
        await _broker.ListenAsync();
        await using var source = new StreamSource<string>();
        source.SinkToMqtt(_broker.Client("out"), "topic", options: new NodeOptions { OnError = ErrorPolicy.Skip });
        await source.DeliverAsync("a").Soon();

        await _broker.TakeOverAsync("out");
        Assert.That(await _broker.LeftAsync("out").Soon(), Is.EqualTo(Departure.TakenOver));

        // An element that comes before the client has noticed fails, and is skipped.
        while (await source.DeliverAsync("b").Soon() != DeliveryOutcome.Delivered)
        {
        }

        Assert.That(await _broker.HeardAsync(2), Is.EqualTo(new MqttMessage[] { new("topic", "a"), new("topic", "b") }));
    }

    [TestCase(MqttControlPacketType.PubAck, MqttQualityOfServiceLevel.AtLeastOnce)]
    [TestCase(MqttControlPacketType.PubRec, MqttQualityOfServiceLevel.ExactlyOnce)]
    [TestCase(MqttControlPacketType.PubComp, MqttQualityOfServiceLevel.ExactlyOnce)]
    public async Task SinkToMqtt_ConnectionBreaksBeforeTheAcknowledgement_FailsTheElement(MqttControlPacketType answer, MqttQualityOfServiceLevel quality)
    {
        await using var wire = new Wire(_broker.EndPoint, packet => packet == answer ? Fate.Break : Fate.Pass);
        var source = new StreamSource<string>();
        source.SinkToMqtt(Client(wire), "topic", quality: quality);
        var pipeline = source.Start();

        await source.EmitAsync("a").Soon();

        var fault = Assert.CatchAsync<NodeFailedException>(() => pipeline.Completion.Soon());
        Assert.That(fault!.InnerException, Is.InstanceOf<MqttCommunicationException>().With.Message.Contains("broke before it had acknowledged a message to 'topic'"));
    }

    [Test]
    public async Task SinkToMqtt_NoAcknowledgement_FailsTheElementAfterTheTimeout()
    {
        await using var wire = new Wire(_broker.EndPoint, packet => packet == MqttControlPacketType.PubAck ? Fate.Vanish : Fate.Pass);
        var source = new StreamSource<string>(new StreamOptions { TimeProvider = _clock });
        source.SinkToMqtt(Client(wire), "topic");
        var pipeline = source.Start();
        await source.EmitAsync("a").Soon();

        await FallSilentAsync(pipeline, wire);

        var fault = Assert.CatchAsync<NodeFailedException>(() => pipeline.Completion.Soon());
        Assert.That(fault!.InnerException, Is.InstanceOf<MqttCommunicationException>().With.Message.Contains("has not acknowledged a message to 'topic' within"));
    }

    [TestCase(MqttControlPacketType.ConnAck)]
    [TestCase(MqttControlPacketType.PubAck)]
    public async Task SinkToMqtt_AbortedWithoutAnswerOfTheBroker_Ends(MqttControlPacketType answer)
    {
        await using var wire = new Wire(_broker.EndPoint, packet => packet == answer ? Fate.Vanish : Fate.Pass);
        var source = new StreamSource<string>();
        source.SinkToMqtt(Client(wire), "topic");
        var pipeline = source.Start();
        await source.EmitAsync("a").Soon();
        await wire.StruckAsync();

        await pipeline.StopAsync(TimeSpan.Zero).Ended();

        Assert.That(pipeline.Completion.IsCompleted);
    }

    [TestCase(Fate.Vanish)]
    [TestCase(Fate.Break)]
    public async Task SinkToMqtt_GoodbyeIsLost_Ends(Fate fate)
    {
        await using var wire = new Wire(_broker.EndPoint, packet => packet == MqttControlPacketType.Disconnect ? fate : Fate.Pass);
        var source = new StreamSource<string>(new StreamOptions { TimeProvider = _clock });
        source.SinkToMqtt(Client(wire), "topic");
        await source.EmitAsync("a").Soon();

        await source.CompleteAsync().Soon();
    }

    private static MqttClientOptions Client(Wire wire) => Broker.ClientOf(wire.EndPoint, "client").Build();

    private Stream<MqttMessage> Reading(MqttClientOptions client) =>
        StreamSource.FromMqtt(client, "#", options: new StreamOptions { TimeProvider = _clock, LoggerFactory = _log });

    /// <summary>Waits until the source is without connection, and then for its delay.</summary>
    private async Task TryAgainAfterAsync(Pipeline pipeline, int seconds)
    {
        await _log.NextAsync().Soon();
        await pipeline.WhenSettledAsync().Soon();
        await pipeline.AdvanceAsync(_clock, TimeSpan.FromSeconds(seconds)).Soon();
    }

    /// <summary>Waits until an answer of the broker was lost, and then for the <c>Timeout</c> that a client has by default.</summary>
    private async Task FallSilentAsync(Pipeline pipeline, Wire wire)
    {
        await wire.StruckAsync();
        await pipeline.WhenSettledAsync().Soon();
        await pipeline.AdvanceAsync(_clock, TimeSpan.FromSeconds(100)).Soon();
    }
}
