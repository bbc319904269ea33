using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class ZipLatestTests
{
    [Test]
    public async Task ZipLatest_LosslessSideAtItsBound_WaitsUntilTheOtherHasAValue()
    {
        var lossless = new StreamSource<int>();
        var latest = new StreamSource<string>();
        var pairs = lossless.ZipLatest(latest, maxSize: 2).SinkToList();
        var pipeline = pairs.Start();

        var emits = Enumerable.Range(0, 5).Select(value => lossless.EmitAsync(value).AsTask()).ToList();
        await pipeline.SettleAsync().Soon();
        Assert.That(emits.Select(emit => emit.IsCompleted), Is.EqualTo(new[] { true, true, false, false, false }));
        await latest.EmitAsync("a").Soon();
        await Task.WhenAll(emits).Soon();
        await Task.WhenAll(lossless.CompleteAsync(), latest.CompleteAsync()).Soon();

        Assert.That(pairs, Is.EqualTo(Enumerable.Range(0, 5).Select(value => (value, "a"))));
    }

    [Test]
    public async Task ZipLatest_SeveralLosslessSides_ArePairedAndLoseNothing()
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<int>();
        var latest = new StreamSource<string>();
        var triples = a.ZipLatest(latest, b, lossless: [a, b]).SinkToList();
        var pipeline = triples.Start();

        await a.EmitAllAsync([1, 2, 3]).Soon();
        await b.EmitAsync(10).Soon();
        await pipeline.SettleAsync().Soon();
        await latest.EmitAllAsync(["x", "y"]).Soon();
        await pipeline.SettleAsync().Soon();
        await b.EmitAllAsync([20, 30]).Soon();
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync(), latest.CompleteAsync()).Soon();

        Assert.That(triples, Is.EqualTo(new[] { (1, "x", 10), (2, "y", 20), (3, "y", 30) }));
    }

    [Test]
    public async Task ZipLatest_LatestSideNeverHadAValue_DropsTheLosslessOnes()
    {
        var lossless = new StreamSource<int>();
        var latest = new StreamSource<int>();
        var pairs = lossless.ZipLatest(latest).SinkToList();
        var pipeline = pairs.Start();

        var before = lossless.DeliverAsync(1);
        await pipeline.SettleAsync().Soon();
        latest.Complete();
        Assert.That(await before.Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        lossless.Complete();
        await pipeline.Completion.Soon();

        Assert.That(pairs, Is.Empty);
    }

    [Test]
    public async Task ZipLatest_LeftoversFault_NamesTheNode()
    {
        var lossless = new StreamSource<int>();
        var latest = new StreamSource<int>();
        lossless.ZipLatest(latest, leftovers: ZipLeftovers.Fault, options: new NodeOptions { Name = "priced" }).SinkToList();
        var pipeline = lossless.Start();

        await lossless.EmitAsync(1).Soon();
        await pipeline.SettleAsync().Soon();
        latest.Complete();

        Assert.That(
            async () => await pipeline.Completion.Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("priced"));
    }

    /// <summary>A side that is only remembered neither fills nor starves, once it has a value.</summary>
    [Test]
    public async Task ZipLatest_LatestSideFromTheSameSource_IsNoStall()
    {
        var source = new StreamSource<int>();
        var batches = source.Partition(20);
        var sums = batches.ZipLatest(source, maxSize: 1).Map(pair => pair.First.Count).SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 100)).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(sums, Is.EqualTo(new[] { 20, 20, 20, 20, 20 }));
    }

    [Test]
    public async Task ZipLatest_LatestSideCannotGetItsFirstValue_Faults()
    {
        var source = new StreamSource<int>();
        source.ZipLatest(source.Filter(_ => false), maxSize: 2).Named("priced").SinkToList();
        var pipeline = source.Start();

        var emits = Enumerable.Range(0, 8).Select(value => source.EmitAsync(value).AsTask()).ToList();
        var failure = Assert.CatchAsync(async () => await pipeline.Completion.Soon());
        await Task.WhenAll(emits).ContinueWith(_ => { }, TaskScheduler.Default).Soon();

        Assert.That(failure, Is.TypeOf<NodeFailedException>().With.InnerException.TypeOf<JoinStalledException>().And.Property("NodeName").EqualTo("priced"));
    }

    [Test]
    public async Task ZipLatest_SecondRun_BeginsWithoutAValue()
    {
        var lossless = new StreamSource<int>();
        var latest = new StreamSource<string>();
        var pairs = lossless.ZipLatest(latest).SinkToList();
        foreach (var value in new[] { "a", "b" })
        {
            var pipeline = pairs.Start();
            await lossless.EmitAsync(1).Soon();
            await pipeline.SettleAsync().Soon();
            await latest.EmitAsync(value).Soon();
            await Task.WhenAll(lossless.CompleteAsync(), latest.CompleteAsync()).Soon();
            await pipeline.Completion.Soon();
        }

        Assert.That(pairs, Is.EqualTo(new[] { (1, "a"), (1, "b") }));
    }

    [Test]
    public void ZipLatest_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        var other = new StreamSource<int>();
        Assert.That(() => source.ZipLatest(other, maxSize: 0), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxSize"));
        Assert.That(() => source.ZipLatest(other, lossless: []), Throws.ArgumentException.With.Property("ParamName").EqualTo("lossless"));
        Assert.That(
            () => source.ZipLatest(other, lossless: [new StreamSource<int>().Named("stranger")]),
            Throws.ArgumentException.With.Message.Contains("'stranger', which is no side of the join"));
        Assert.That(() => StreamSource.Literal(1).ZipLatest(source), Throws.ArgumentException.With.Message.Contains("literals aside"));
        Assert.That(source.ZipLatest(other, maxSize: 4).Node.Label, Is.EqualTo("zip_latest maxSize=4"));
    }
}
