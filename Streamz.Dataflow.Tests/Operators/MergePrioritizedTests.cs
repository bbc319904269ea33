using System.Globalization;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(60_000)]
[DefaultMode]
internal sealed class MergePrioritizedTests
{
    [Test]
    public async Task MergePrioritized_DownstreamIsSlow_HighGoesFirstAsSoonAsItHasArrived()
    {
        var writer = new GatedWriter<int>();
        var (high, low) = (new StreamSource<int>(), new StreamSource<int>());
        high.MergePrioritized(new NodeOptions { Capacity = 8 }, low).Sink(writer.WriteAsync);
        var pipeline = high.Start();

        await low.EmitAllAsync([1, 2, 3]).Soon();
        await pipeline.SettleAsync().Soon();
        await high.EmitAllAsync([10, 11]).Soon();
        await pipeline.SettleAsync().Soon();
        writer.Finish(2);
        await pipeline.SettleAsync().Soon();
        await high.EmitAsync(12).Soon();
        await pipeline.SettleAsync().Soon();
        writer.Finish(4);
        await Task.WhenAll(high.CompleteAsync(), low.CompleteAsync()).Soon();

        Assert.That(writer.Finished, Is.EqualTo(new[] { 1, 10, 11, 12, 2, 3 }));
    }

    [Test]
    public async Task MergePrioritized_LowSideIsFull_HighSideIsNotHeldBack()
    {
        var writer = new GatedWriter<int>();
        var (high, low) = (new StreamSource<int>(), new StreamSource<int>());
        high.MergePrioritized(new NodeOptions { Capacity = 2 }, low).Sink(writer.WriteAsync);
        var pipeline = high.Start();

        var waiting = Enumerable.Range(1, 5).Select(value => low.EmitAsync(value).AsTask()).ToList();
        await pipeline.SettleAsync().Soon();
        Assert.That(waiting.Count(emit => emit.IsCompleted), Is.EqualTo(2));
        await high.EmitAllAsync([10, 11]).Soon();
        writer.Finish(7);
        await Task.WhenAll(waiting).Soon();
        await Task.WhenAll(high.CompleteAsync(), low.CompleteAsync()).Soon();

        Assert.That(writer.Finished, Is.EqualTo(new[] { 1, 10, 11, 2, 3, 4, 5 }));
    }

    [Test]
    public async Task MergePrioritized_Connect_AddsTheLowestPriority()
    {
        var writer = new GatedWriter<int>();
        var sources = Enumerable.Range(0, 3).Select(_ => new StreamSource<int>()).ToList();
        var merged = sources[0].MergePrioritized(sources[1]);
        merged.Sink(writer.WriteAsync);
        sources[2].Connect(merged);
        var pipeline = merged.Start();

        foreach (var source in new[] { 2, 1, 0 })
        {
            await sources[source].EmitAsync(source).Soon();
            await pipeline.SettleAsync().Soon();
        }

        var last = sources[2].EmitAsync(3).AsTask();
        writer.Finish(4);
        await last.Soon();
        await Task.WhenAll(sources.Select(source => source.CompleteAsync())).Soon();

        Assert.That(writer.Finished, Is.EqualTo(new[] { 2, 0, 1, 3 }));
    }

    [Test]
    public async Task MergePrioritized_Element_IsDeliveredWhenItIsThrough()
    {
        var writer = new GatedWriter<int>();
        var (high, low) = (new StreamSource<int>(), new StreamSource<int>());
        high.MergePrioritized(new NodeOptions { Capacity = 4 }, low).Sink(writer.WriteAsync);
        var pipeline = high.Start();

        var first = low.DeliverAsync(1);
        await pipeline.SettleAsync().Soon();
        var second = low.DeliverAsync(2);
        await pipeline.SettleAsync().Soon();
        var third = high.DeliverAsync(3);
        await pipeline.SettleAsync().Soon();
        writer.Finish(2);
        await Task.WhenAll(first, third).Soon();
        Assert.That(second.IsCompleted, Is.False);
        writer.Finish();
        Assert.That(await second.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await Task.WhenAll(high.CompleteAsync(), low.CompleteAsync()).Soon();
    }

    /// <summary>Whatever arrives and leaves in whatever order: what goes on next is the oldest of the first side that has something.</summary>
    [Test]
    public async Task MergePrioritized_RandomArrivals_AlwaysPicksTheFirstSide([Range(1, 25)] int seed)
    {
        var random = new Random(seed);
        var writer = new GatedWriter<string>();
        var sources = Enumerable.Range(0, random.Next(2, 5)).Select(_ => new StreamSource<string>()).ToList();
        sources[0].MergePrioritized(new NodeOptions { Capacity = random.Next(1, 4) }, [.. sources.Skip(1)]).Sink(writer.WriteAsync);
        var pipeline = sources[0].Start();
        var waiting = sources.Select(_ => new Queue<string>()).ToList();
        var (expected, emits) = (new List<string>(), new List<Task>());

        for (var step = 0; step < 60; step++)
        {
            if (random.Next(3) > 0)
            {
                var side = random.Next(sources.Count);
                var value = string.Create(CultureInfo.InvariantCulture, $"{side}:{step}");
                emits.Add(sources[side].EmitAsync(value).AsTask());
                waiting[side].Enqueue(value);
                PickIfIdle();
            }
            else if (writer.Finished.Count < expected.Count)
            {
                writer.Finish();
                PickIfIdle();
            }

            await pipeline.SettleAsync().Soon();
        }

        while (writer.Finished.Count < emits.Count)
        {
            writer.Finish();
            PickIfIdle();
            await pipeline.SettleAsync().Soon();
        }

        await Task.WhenAll(emits).Soon();
        await Task.WhenAll(sources.Select(source => source.CompleteAsync())).Soon();
        Assert.That(writer.Finished, Is.EqualTo(expected), $"seed {seed}");

        void PickIfIdle()
        {
            if (writer.Finished.Count == expected.Count && waiting.Find(side => side.Count > 0) is { } first)
            {
                expected.Add(first.Dequeue());
            }
        }
    }

    [Test]
    public async Task MergePrioritized_ManyEmitters_LosesNothingAndKeepsEachOrder([Values(1, 2, 3)] int seed)
    {
        const int Count = 2_000;
        var random = new Random(seed);
        var sources = Enumerable.Range(0, 3).Select(_ => new StreamSource<int>()).ToList();
        var all = sources[0].MergePrioritized(new NodeOptions { Capacity = random.Next(1, 20) }, sources[1], sources[2]).SinkToList();
        all.Start();

        await Task.WhenAll(sources.Select((source, side) => Task.Run(async () =>
        {
            await source.EmitAllAsync(Enumerable.Range(0, Count).Select(value => (side * Count) + value));
            await source.CompleteAsync();
        }))).Soon();

        for (var side = 0; side < sources.Count; side++)
        {
            Assert.That(all.Where(value => value / Count == side), Is.EqualTo(Enumerable.Range(side * Count, Count)), $"seed {seed}, side {side}");
        }
    }

    [Test]
    public async Task MergePrioritized_InALoop_EndsWhenNothingMoves()
    {
        var source = new StreamSource<int>();
        var entrance = source.Union();
        var merged = entrance.MergePrioritized(source.Map(value => -value));
        var seen = merged.SinkToList();
        merged.Filter(value => value > 1).Map(value => value - 1).Feedback(entrance, 10);

        await source.EmitAsync(3).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(seen, Is.EquivalentTo(new[] { 3, -3, 2, 1 }));
    }

    [Test]
    public void MergePrioritized_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.MergePrioritized([null!]), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("lower"));
        Assert.That(source.MergePrioritized(new StreamSource<int>()).Node.Label, Is.EqualTo("merge_prioritized"));
    }
}
