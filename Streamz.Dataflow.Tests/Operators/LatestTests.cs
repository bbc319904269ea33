using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(60_000)]
[DefaultMode]
internal sealed class LatestTests
{
    [Test]
    [Parity("3.1", "test_latest", "=")]
    [Defect("D2")]
    public async Task Latest_SlowSink_GetsTheNewestAlways()
    {
        var source = new StreamSource<int>();
        var writer = new GatedWriter<int>();
        source.Latest().Sink(writer.WriteAsync);
        var pipeline = source.Start();
        await source.EmitAsync(1).Soon();
        await pipeline.SettleAsync().Soon();
        await source.EmitAllAsync([2, 3]).Soon();
        await pipeline.SettleAsync().Soon();
        writer.Finish();
        await pipeline.SettleAsync().Soon();
        Assert.That(writer.Started, Is.EqualTo(new[] { 1, 3 }), "No other element has to come.");
        await source.EmitAllAsync([4, 5, 6]).Soon();
        writer.Finish();
        await pipeline.SettleAsync().Soon();
        writer.Finish();
        await source.CompleteAsync().Soon();

        Assert.That(writer.Finished, Is.EqualTo(new[] { 1, 3, 6 }));
        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "latest"), Has.Property("Dropped").EqualTo(3).And.Property("Received").EqualTo(6));
    }

    [Test]
    [Parity("3.1", "test_latest_ref_counts", "=")]
    public async Task Latest_ReplacedElement_IsSettledAsDropped()
    {
        var source = new StreamSource<int>();
        var writer = new GatedWriter<int>();
        source.Latest().Sink(writer.WriteAsync);
        var pipeline = source.Start();
        var deliveries = new List<Task<DeliveryOutcome>> { source.DeliverAsync(1) };
        await pipeline.SettleAsync().Soon();
        deliveries.AddRange([source.DeliverAsync(2), source.DeliverAsync(3)]);
        Assert.That(await deliveries[1].Soon(), Is.EqualTo(DeliveryOutcome.Dropped), "Settled as soon as it is replaced.");
        Assert.That(deliveries[2].IsCompleted, Is.False);
        writer.Finish();
        writer.Finish();

        Assert.That(await Task.WhenAll(deliveries).Soon(), Is.EqualTo(new[] { DeliveryOutcome.Delivered, DeliveryOutcome.Dropped, DeliveryOutcome.Delivered }));
        await source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Latest_StuckSink_NeverMakesEmittersWait()
    {
        var source = new StreamSource<int>(new StreamOptions { Capacity = 1, MaxWaitingEmits = 0 });
        var writer = new GatedWriter<int>();
        source.Map(value => value).Latest().MapAsync(writer.CallAsync).Sink(_ => { });
        var pipeline = source.Start();
        for (var value = 0; value < 1_000; value++)
        {
            await source.EmitAsync(value).Soon();
            await pipeline.SettleAsync().Soon();
        }

        Assert.That(writer.Started, Is.EqualTo(new[] { 0 }));
        Assert.That(pipeline.GetSnapshot().Nodes.Sum(node => node.Queued), Is.EqualTo(2), "One at work and the newest.");
        writer.Finish();
        writer.Finish();
        await source.CompleteAsync().Soon();
        Assert.That(writer.Finished, Is.EqualTo(new[] { 0, 999 }));
    }

    [Test]
    public async Task Latest_CompleteAsync_WaitsForTheNewest()
    {
        var source = new StreamSource<int>();
        var writer = new GatedWriter<int>();
        source.Latest().Sink(writer.WriteAsync);
        var pipeline = source.Start();
        await source.EmitAsync(1).Soon();
        await pipeline.SettleAsync().Soon();
        await source.EmitAllAsync([2, 3]).Soon();
        var completed = source.CompleteAsync();
        writer.Finish();
        await pipeline.SettleAsync().Soon();
        Assert.That(completed.IsCompleted, Is.False);
        writer.Finish();
        await completed.Soon();

        Assert.That(writer.Finished, Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public async Task Latest_InALoop_EndsWithIt()
    {
        var source = new StreamSource<int>();
        var latest = source.Latest();
        latest.Filter(value => value < 100).Flatten(value => new[] { value + 1, value + 2 }).Feedback(latest, 1);
        var seen = latest.SinkToList();
        await source.EmitAsync(0).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(seen, Is.Ordered.Ascending.And.Member(100).Or.Member(101), "One of the two that each round makes is replaced.");
    }

    [Test]
    public async Task Latest_ManyProducers_EveryElementIsDeliveredOrDropped([Range(1, 12)] int seed)
    {
        const int Producers = 4;
        const int Each = 500;
        var random = new Random(seed);
        var source = new StreamSource<(int Producer, int Number)>(new StreamOptions { Capacity = random.Next(1, 4), Fuse = random.Next(2) == 0 });
        var yields = random.Next(0, 4);
        List<(int Producer, int Number)> seen = [];
        source.Map(value => value).Latest().Sink(async value =>
        {
            for (var i = 0; i < yields; i++)
            {
                await Task.Yield();
            }

            seen.Add(value);
        });
        var pipeline = source.Start();
        var deliveries = await Task.WhenAll(Enumerable.Range(0, Producers).Select(producer => Task.Run(async () =>
        {
            var own = new List<Task<DeliveryOutcome>>();
            for (var number = 0; number < Each; number++)
            {
                own.Add(source.DeliverAsync((producer, number)));
                if (number % 16 == 0)
                {
                    await Task.Yield();
                }
            }

            return own;
        }))).Soon();
        var last = source.DeliverAsync((Producers, 0));
        Assert.That(await last.Soon(), Is.EqualTo(DeliveryOutcome.Delivered), "The newest arrives.");
        var outcomes = await Task.WhenAll(deliveries.SelectMany(own => own)).Soon();
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();

        var dropped = outcomes.Count(outcome => outcome == DeliveryOutcome.Dropped);
        var latest = pipeline.GetSnapshot().Nodes.Single(node => node.Name == "latest");
        Assert.That(outcomes.Length + 1 - dropped, Is.EqualTo(seen.Count), $"seed {seed}");
        Assert.That(latest, Has.Property("Dropped").EqualTo(dropped).And.Property("Received").EqualTo((Producers * Each) + 1).And.Property("Queued").Zero, $"seed {seed}");
        Assert.That(seen.GroupBy(value => value.Producer), Is.All.Matches<IGrouping<int, (int, int Number)>>(own => own.Select(value => value.Number).SequenceEqual(own.Select(value => value.Number).Order())), $"seed {seed}");
    }

    [Test]
    public void Latest_StatedCapacity_IsRefusedWithTheCure() =>
        Assert.That(
            () => new StreamSource<int>().Latest(new NodeOptions { Name = "newest", Capacity = 3 }),
            Throws.TypeOf<ArgumentException>().With.Message.Contains("'newest'").And.Message.Contains("3").And.Message.Contains("Buffer"));
}
