using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class CombineLatestTests
{
    [Test]
    public async Task CombineLatest_DifferentTypes_EmitsTheNewestOfEach()
    {
        var price = new StreamSource<decimal>();
        var amount = new StreamSource<int>();
        var triples = price.CombineLatest(StreamSource.Literal("EUR"), amount).SinkToList();
        triples.Start();

        await price.DeliverAsync(1.5m).Soon();
        await amount.DeliverAsync(2).Soon();
        await price.DeliverAsync(1.75m).Soon();
        await Task.WhenAll(price.CompleteAsync(), amount.CompleteAsync()).Soon();

        Assert.That(triples, Is.EqualTo(new[] { (1.5m, "EUR", 2), (1.75m, "EUR", 2) }));
    }

    [Test]
    public async Task CombineLatest_SameStreamTwice_EmitsForEachSide()
    {
        var source = new StreamSource<int>();
        var pairs = source.CombineLatest(source).SinkToList();

        await source.DeliverAsync(1).Soon();
        await source.DeliverAsync(2).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(pairs, Is.EqualTo(new[] { (1, 1), (2, 1), (2, 2) }));
    }

    [Test]
    public async Task CombineLatest_SideEndedWithoutAValue_EndsAtOnce()
    {
        var first = new StreamSource<int>();
        var second = new StreamSource<int>();
        var pairs = first.CombineLatest(second).SinkToList();
        var pipeline = pairs.Start();

        await first.EmitAsync(1).Soon();
        second.Complete();
        await pipeline.Completion.Soon();

        Assert.That(pairs, Is.Empty);
        Assert.That(async () => await first.EmitAsync(2), Throws.TypeOf<PipelineClosedException>());
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task CombineLatest_SideEndedWithAValue_GoesOnAsLongAsAnotherEmits(bool emitsOnTheOther)
    {
        var first = new StreamSource<int>();
        var second = new StreamSource<int>();
        var pairs = first.CombineLatest(second, emitOn: emitsOnTheOther ? [first, second] : [second]).SinkToList();
        var pipeline = pairs.Start();

        await first.DeliverAsync(1).Soon();
        await second.DeliverAsync(2).Soon();
        await second.CompleteAsync().Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(pipeline.Completion.IsCompleted, Is.EqualTo(!emitsOnTheOther));
        if (emitsOnTheOther)
        {
            await first.DeliverAsync(3).Soon();
            await first.CompleteAsync().Soon();
        }

        await pipeline.Completion.Soon();
        Assert.That(pairs, Is.EqualTo(emitsOnTheOther ? new[] { (1, 2), (3, 2) } : [(1, 2)]));
    }

    [Test, DefaultMode]
    public async Task CombineLatest_SlowSink_HoldsBackTheSides()
    {
        var writer = new GatedWriter<(int First, int Second)>();
        var source = new StreamSource<int>();
        var other = new StreamSource<int>();
        source.CombineLatest(other).Sink(writer.WriteAsync);
        var pipeline = source.Start();

        await other.EmitAsync(0).Soon();
        await pipeline.SettleAsync().Soon();
        var emits = Enumerable.Range(1, 4).Select(value => source.EmitAsync(value).AsTask()).ToList();
        await pipeline.SettleAsync().Soon();
        Assert.That(emits.Count(emit => emit.IsCompleted), Is.EqualTo(1), "One place, since the sink may wait.");
        writer.Finish(4);
        await Task.WhenAll(emits).Soon();
        await Task.WhenAll(source.CompleteAsync(), other.CompleteAsync()).Soon();

        Assert.That(writer.Finished, Is.EqualTo(new[] { (1, 0), (2, 0), (3, 0), (4, 0) }));
    }

    [Test]
    public async Task CombineLatest_SecondRun_BeginsWithoutValues()
    {
        var first = new StreamSource<int>();
        var second = new StreamSource<int>();
        var pairs = first.CombineLatest(second).SinkToList();
        for (var run = 1; run <= 2; run++)
        {
            pairs.Start();
            await first.DeliverAsync(run).Soon();
            await second.DeliverAsync(10 * run).Soon();
            await Task.WhenAll(first.CompleteAsync(), second.CompleteAsync()).Soon();
        }

        Assert.That(pairs, Is.EqualTo(new[] { (1, 10), (2, 20) }));
    }

    [Test]
    public void CombineLatest_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        var other = new StreamSource<int>();
        Assert.That(() => source.CombineLatest((Stream<int>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("second"));
        Assert.That(() => source.CombineLatest(other, emitOn: []), Throws.ArgumentException.With.Property("ParamName").EqualTo("emitOn"));
        Assert.That(
            () => source.CombineLatest(other, emitOn: [new StreamSource<int>().Named("stranger")]),
            Throws.ArgumentException.With.Message.Contains("'stranger', which is no side of the join"));
        Assert.That(() => source.CombineLatest(other, emitOn: [null!]), Throws.ArgumentException.With.Message.Contains("names null"));
        Assert.That(source.CombineLatest(other).Node.Label, Is.EqualTo("combine_latest"));
    }
}
