using MQTTnet.Protocol;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Mqtt;

[TestFixture("one", MqttQualityOfServiceLevel.AtMostOnce)]
[TestFixture("one", MqttQualityOfServiceLevel.AtLeastOnce)]
[TestFixture("several", MqttQualityOfServiceLevel.ExactlyOnce)]
internal sealed class FromMqttLaws(string variant, MqttQualityOfServiceLevel quality) : SourceLawsTests<MqttMessage>
{
    private Broker _broker = null!;
    private int _clients;

    protected override IReadOnlyList<MqttMessage> Items { get; } = [.. "abcdefgh".Select(letter => new MqttMessage("letters", letter.ToString()))];

    protected override bool EndsByItself => false;

    [SetUp]
    public async Task StartBroker() => _broker = await Broker.StartAsync();

    [TearDown]
    public ValueTask StopBroker() => _broker?.DisposeAsync() ?? default;

    /// <summary>Each law has a client of its own, which all runs of it connect as.</summary>
    protected override Stream<MqttMessage> Build(StreamOptions options) => Build(_broker.Client($"reader{++_clients}"), options);

    protected override Stream<MqttMessage> BuildFailing(StreamOptions options) => Build(Broker.ClientOf(Mosquitto.FreeEndPoint(), "reader").Build(), options);

    protected override async Task GiveAsync(CancellationToken cancellation)
    {
        await _broker.SubscribedAsync($"reader{_clients}", cancellation);
        foreach (var item in Items)
        {
            await _broker.GiveAsync(item.Topic, item.Text, quality);
        }
    }

    private Stream<MqttMessage> Build(MQTTnet.MqttClientOptions client, StreamOptions options) =>
        variant == "one"
            ? StreamSource.FromMqtt(client, "letters", quality, options: options)
            : StreamSource.FromMqtt(client, ["numbers", "letters"], quality, options: options);
}
