using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Mqtt;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(60_000)]
internal sealed class MqttTests
{
    private Broker _broker = null!;

    [SetUp]
    public async Task StartBroker() => _broker = await Broker.StartAsync();

    [TearDown]
    public ValueTask StopBroker() => _broker?.DisposeAsync() ?? default;

    [Test]
    [Parity("3.3", "test_mqtt_roundtrip", "=")]
    public async Task SinkToMqtt_ReadByFromMqtt_GivesTheSame()
    {
        var (arrived, read) = Arrival.Of(3);
        await using var reading = StreamSource.FromMqtt(_broker.Client("in"), "rooms/+").Sink(arrived).Start();
        await _broker.SubscribedAsync("in").Soon();
        var source = new StreamSource<string>();
        source.SinkToMqtt(_broker.Client("out"), "rooms/kitchen");

        await source.EmitAllAsync(["a", "", "ü"]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(await read.Soon(), Is.EqualTo(new MqttMessage[] { new("rooms/kitchen", "a"), new("rooms/kitchen", ""), new("rooms/kitchen", "ü") }));
        await reading.StopAsync(Timeout.InfiniteTimeSpan).Soon();
        Assert.That(await _broker.LeftAsync("in").Soon(), Is.EqualTo(Departure.Goodbye));
        Assert.That(await _broker.LeftAsync("out").Soon(), Is.EqualTo(Departure.Goodbye));
    }

    [TestCase(MqttQualityOfServiceLevel.AtMostOnce)]
    [TestCase(MqttQualityOfServiceLevel.AtLeastOnce)]
    [TestCase(MqttQualityOfServiceLevel.ExactlyOnce)]
    public async Task SinkToMqtt_EachQuality_Arrives(MqttQualityOfServiceLevel quality)
    {
        MqttMessage[] messages = [new("a", "1"), new("b", new byte[] { 0, 255 }), new("a", "2")];
        await _broker.ListenAsync();
        var source = new StreamSource<MqttMessage>();
        source.SinkToMqtt(_broker.Client("out"), quality);

        await source.EmitAllAsync(messages).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(await _broker.HeardAsync(3), Is.EqualTo(messages));
    }

    [Test]
    public async Task SinkToMqtt_Delivered_IsAcknowledged()
    {
        await using var source = new StreamSource<byte[]>();
        source.SinkToMqtt(_broker.Client("out"), "state", retain: true);

        await source.DeliverAsync([1, 2]).Soon();

        await _broker.ListenAsync("state");
        Assert.That(await _broker.HeardAsync(1), Is.EqualTo(new MqttMessage[] { new("state", new byte[] { 1, 2 }, isRetained: true) }));
    }

    [Test]
    public async Task SinkToMqtt_MessageRefusedUnderSkip_DropsItAndGoesOn()
    {
        await _broker.ListenAsync();
        await using var source = new StreamSource<MqttMessage>();
        source.SinkToMqtt(_broker.Client("out"), options: new NodeOptions { Name = "out", OnError = ErrorPolicy.Skip });

        var outcome = await source.DeliverAsync(new MqttMessage("secret", "x")).Soon();
        await source.DeliverAsync(new MqttMessage("open", "y")).Soon();

        Assert.That(outcome, Is.EqualTo(DeliveryOutcome.Dropped));
        Assert.That(await _broker.HeardAsync(1), Is.EqualTo(new MqttMessage[] { new("open", "y") }));
    }

    [Test]
    public async Task SinkToMqtt_Fault_DisconnectsAllTheSame()
    {
        var source = new StreamSource<string>();
        source.SinkToMqtt(_broker.Client("out"), "secret", options: new NodeOptions { Name = "to broker" });

        var pipeline = source.Start();
        await source.EmitAsync("x").Soon();

        var fault = Assert.CatchAsync<NodeFailedException>(() => pipeline.Completion.Soon());
        Assert.That(fault!.NodeName, Is.EqualTo("to broker"));
        Assert.That(fault.InnerException, Is.InstanceOf<MqttCommunicationException>().With.Message.Contains("NotAuthorized"));
        Assert.That(await _broker.LeftAsync("out").Soon(), Is.EqualTo(Departure.Goodbye));
    }

    [Test]
    public async Task FromMqtt_SlowSink_AcknowledgesOnlyWhatThePipelineHasTaken()
    {
        var release = new TaskCompletionSource();
        await using var pipeline = StreamSource.FromMqtt(_broker.Client("in"), "#").Sink(_ => release.Task).Start();
        await _broker.SubscribedAsync("in").Soon();

        foreach (var text in new[] { "a", "b", "c" })
        {
            await _broker.GiveAsync("topic", text);
        }

        await _broker.AcknowledgedAsync().Soon();
        await pipeline.WhenSettledAsync().Soon();
        var acknowledged = _broker.Acknowledged;
        release.SetResult();
        await _broker.AcknowledgedAsync().Soon();
        await _broker.AcknowledgedAsync().Soon();

        Assert.That(acknowledged, Is.EqualTo(1));
    }

    [Test]
    public async Task FromMqtt_RetainedMessage_SaysThatItIs()
    {
        await _broker.GiveAsync("state", "on", retain: true);
        var (arrived, read) = Arrival.Of(1);

        await using var pipeline = StreamSource.FromMqtt(_broker.Client("in"), "state").Sink(arrived).Start();

        Assert.That(await read.Soon(), Is.EqualTo(new MqttMessage[] { new("state", "on", isRetained: true) }));
    }

    [Test]
    public async Task FromMqtt_SessionOutlivesTheConnection_NextRunGetsWhatCameMeanwhile()
    {
        var client = Broker.ClientOf(_broker.EndPoint, "in").WithCleanStart(false).WithSessionExpiryInterval(3600).Build();
        var (arrived, read) = Arrival.Of(2);
        var source = StreamSource.FromMqtt(client, "#").Sink(arrived);
        var first = source.Start();
        await _broker.SubscribedAsync("in").Soon();
        await first.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        await _broker.GiveAsync("topic", "a");
        await _broker.GiveAsync("topic", "b");
        await using var second = source.Start();

        Assert.That((await read.Soon()).Select(message => message.Text), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void FromMqtt_BadArguments_AreRefused()
    {
        var client = _broker.Client("in");

        Assert.Multiple(() =>
        {
            Assert.That(() => StreamSource.FromMqtt(client, ""), Throws.ArgumentException);
            Assert.That(() => StreamSource.FromMqtt(client, Array.Empty<string>()), Throws.ArgumentException.With.Message.Contains("at least one"));
            Assert.That(() => StreamSource.FromMqtt(client, "a", (MqttQualityOfServiceLevel)3), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => StreamSource.FromMqtt(client, "a", reconnectDelay: TimeSpan.Zero), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new StreamSource<string>().SinkToMqtt(client, "a/#"), Throws.ArgumentException.With.Message.Contains("Name one topic"));
        });
    }
}
