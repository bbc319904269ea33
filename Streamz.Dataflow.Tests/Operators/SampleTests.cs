using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(60_000)]
internal sealed class SampleTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test]
    public async Task Sample_Intervals_GiveTheirNewest()
    {
        var run = new Arrivals<int, int>(stream => stream.Sample(3 * s_second));
        var deliveries = new List<Task<DeliveryOutcome>>();
        for (var value = 0; value < 5; value++)
        {
            deliveries.Add(run.Source.DeliverAsync(value));
            await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        }

        await run.Pipeline.AdvanceAsync(run.Clock, 20 * s_second, s_second).Soon();

        Assert.That(run.Seen, Is.EqualTo(new[] { (3.0, 2), (6.0, 4) }), "An interval without an element gives nothing.");
        Assert.That((await Task.WhenAll(deliveries).Soon()).Count(outcome => outcome == DeliveryOutcome.Dropped), Is.EqualTo(3));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Sample_Idle_SetsNoTimer()
    {
        var run = new Arrivals<int, int>(stream => stream.Sample(3 * s_second));
        await run.Pipeline.SettleAsync().Soon();

        Assert.That(run.Pipeline.Run.Activity.IsIdle, Is.True);
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Sample_ByAStream_GivesTheNewestForEachRequest()
    {
        var source = new StreamSource<int>();
        var sampler = new StreamSource<string>();
        var seen = source.Sample(sampler).SinkToList();
        var pipeline = source.Start();
        await source.EmitInOrderAsync(pipeline, [1, 2]).Soon();
        await sampler.EmitInOrderAsync(pipeline, ["a", "b"]).Soon();
        await source.EmitInOrderAsync(pipeline, [3]).Soon();
        await sampler.CompleteAsync().Soon();
        await source.EmitInOrderAsync(pipeline, [4]).Soon();
        Assert.That(seen, Is.EqualTo(new[] { 2 }));
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();

        Assert.That(seen, Is.EqualTo(new[] { 2, 4 }), "The newest of the rest comes at the end.");
        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "sample").Dropped, Is.EqualTo(2));
    }

    [Test]
    public async Task Sample_ByAStream_TheReplacedIsDroppedAtOnceAndTheNewestWaits()
    {
        var source = new StreamSource<int>();
        var sampler = new StreamSource<int>();
        source.Sample(sampler).Sink(_ => { });
        var pipeline = source.Start();

        var replaced = source.DeliverAsync(1);
        var newest = source.DeliverAsync(2);
        Assert.That(await replaced.Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await pipeline.WhenIdleAsync().Soon();
        Assert.That(newest.IsCompleted, Is.False);

        await sampler.EmitAsync(0).Soon();
        Assert.That(await newest.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
        await sampler.CompleteAsync().Soon();
    }

    [Test]
    public void Sample_IntervalNotAboveZero_NamesTheParameter() =>
        Assert.That(
            () => new StreamSource<int>().Sample(TimeSpan.Zero),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("interval"));
}

/// <summary>Emits, and waits until the pipeline has come to rest before the next.</summary>
file static class InOrder
{
    public static async Task EmitInOrderAsync<T>(this StreamSource<T> source, Pipeline pipeline, IEnumerable<T> values)
    {
        foreach (var value in values)
        {
            await source.EmitAsync(value);
            await pipeline.SettleAsync();
        }
    }
}
