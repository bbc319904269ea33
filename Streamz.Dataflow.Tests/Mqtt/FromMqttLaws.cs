using MQTTnet.Protocol;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Mqtt;

[TestFixture("one", MqttQualityOfServiceLevel.AtMostOnce)]
[TestFixture("one", MqttQualityOfServiceLevel.AtLeastOnce)]
[TestFixture("several", MqttQualityOfServiceLevel.ExactlyOnce)]
internal sealed class FromMqttLaws(string variant, MqttQualityOfServiceLevel quality) : SourceLawsTests<MqttMessage>
{
    private Broker _broker = null!;
    private Broker _gone = null!;
    private int _runs;

    protected override IReadOnlyList<MqttMessage> Items { get; } = [.. "abcdefgh".Select(letter => new MqttMessage("letters", letter.ToString()))];

    protected override bool EndsByItself => false;

    [SetUp]
    public async Task StartBrokers()
    {
        _broker = await Broker.StartAsync();
        _gone = await Broker.StartAsync();
        await _gone.DisposeAsync();
    }

    [TearDown]
    public ValueTask StopBroker() => _broker.DisposeAsync();

    protected override Stream<MqttMessage> Build(StreamOptions options) => Build(_broker.Client($"reader{++_runs}"), options);

    protected override Stream<MqttMessage> BuildFailing(StreamOptions options) => Build(_gone.Client("reader"), options);

    protected override async Task GiveAsync(CancellationToken cancellation)
    {
        for (var topic = 0; topic < (variant == "one" ? 1 : 2); topic++)
        {
            await _broker.SubscribedAsync(cancellation);
        }

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
