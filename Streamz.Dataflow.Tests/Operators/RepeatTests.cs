using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class RepeatTests
{
    [Test]
    public async Task Repeat_Element_IsDeliveredWithItsLastRepetition()
    {
        var source = new StreamSource<int>();
        var results = source.Repeat(2).SinkToList();
        var pipeline = source.Start();
        var delivery = source.DeliverAsync(1);

        await pipeline.SettleAsync().Soon();
        Assert.That((results.Count, delivery.IsCompleted), Is.EqualTo((1, false)));
        await source.CompleteAsync().Soon();

        Assert.That(await delivery.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(results, Is.EqualTo(new[] { 1, 1 }));
    }

    [Test]
    public async Task Repeat_Once_HoldsNothing()
    {
        var source = new StreamSource<int>();
        source.Repeat(1, maxCount: 1).SinkToList();

        Assert.That(await source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(await source.DeliverAsync(2).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Repeat_MoreThanCanBeRecorded_FailsTheElement()
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.Repeat(2, maxCount: 2).SinkToList();

        await source.EmitAllAsync([1, 2]).Soon();
        Assert.That(await source.DeliverAsync(3).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1, 2, 1, 2 }));
    }

    [Test]
    public async Task Repeat_FaultWhileItPlays_StopsAndAbandonsTheRest()
    {
        var writes = 0;
        var source = new StreamSource<int>();
        source.Repeat(1_000_000).Sink((int _) =>
        {
            if (++writes == 4)
            {
                throw new FormatException();
            }
        }).Named("sink");
        var pipeline = source.Start();
        var deliveries = new[] { 1, 2 }.Select(value => source.DeliverAsync(value)).ToList();

        source.Complete();
        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("sink"));

        Assert.That(async () => await deliveries[0].Soon(), Throws.TypeOf<ElementAbandonedException>());
        Assert.That(async () => await deliveries[1].Soon(), Throws.TypeOf<NodeFailedException>());
        Assert.That(writes, Is.EqualTo(4));
    }

    [Test]
    public void Repeat_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.Repeat(0), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("count"));
        Assert.That(() => source.Repeat(2, 0), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxCount"));
        Assert.That(source.Repeat(2).Node.Label, Is.EqualTo("repeat 2"));
    }
}
