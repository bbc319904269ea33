using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class ZipTests
{
    [Test]
    public async Task Zip_Leftovers_AreDroppedByDefault()
    {
        var left = new StreamSource<int>();
        var right = new StreamSource<string>();
        var pairs = left.Zip(right).SinkToList();
        var pipeline = pairs.Start();
        var deliveries = new[] { 1, 2, 3 }.Select(value => left.DeliverAsync(value)).ToList();

        await right.EmitAsync("a");
        left.Complete();
        right.Complete();
        await pipeline.Completion.Soon();

        Assert.That(pairs, Is.EqualTo(new[] { (1, "a") }));
        Assert.That(
            await Task.WhenAll(deliveries).Soon(),
            Is.EqualTo(new[] { DeliveryOutcome.Delivered, DeliveryOutcome.Dropped, DeliveryOutcome.Dropped }));
    }

    [Test]
    public async Task Zip_LeftoversFault_NamesTheNodeAndTheCure()
    {
        var left = new StreamSource<int>();
        var right = new StreamSource<int>();
        var pairs = left.Zip(right, leftovers: ZipLeftovers.Fault, options: new NodeOptions { Name = "pairs" }).SinkToList();
        var pipeline = pairs.Start();

        await left.EmitAllAsync([1, 2]);
        await right.EmitAsync(1);
        left.Complete();
        right.Complete();

        Assert.That(
            async () => await pipeline.Completion.Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("pairs").And.Message.Contains("ZipLeftovers.Drop"));
    }

    [Test]
    public async Task Zip_SideHasEndedAndIsEmpty_EndsAndStopsTheOthers()
    {
        var endless = new StreamSource<int>();
        var brief = new StreamSource<int>();
        var pairs = endless.Zip(brief).SinkToList();
        var pipeline = pairs.Start();

        await brief.EmitAllAsync([1, 2]).Soon();
        await brief.CompleteAsync().Soon();
        await endless.EmitAsync(10).Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(pipeline.Completion.IsCompleted, Is.False, "One is still held.");
        await endless.EmitAsync(20).Soon();
        await pipeline.Completion.Soon();

        Assert.That(pairs, Is.EqualTo(new[] { (10, 1), (20, 2) }));
        Assert.That(async () => await endless.EmitAsync(30), Throws.TypeOf<PipelineClosedException>());
    }

    [Test]
    public async Task Zip_SideHasEndedButLeftoversFault_FaultsAtTheNextElement()
    {
        var left = new StreamSource<int>();
        var right = new StreamSource<int>();
        var pairs = left.Zip(right, leftovers: ZipLeftovers.Fault).SinkToList();
        var pipeline = pairs.Start();

        await left.EmitAsync(1).Soon();
        await right.EmitAsync(2).Soon();
        await right.CompleteAsync().Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(pipeline.Completion.IsCompleted, Is.False);
        Assert.That(async () => await left.DeliverAsync(3).Soon(), Throws.TypeOf<NodeFailedException>());
        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>());

        Assert.That(pairs, Is.EqualTo(new[] { (1, 2) }));
    }

    [Test]
    public async Task Zip_EndlessSource_EndsWithTheOtherSide()
    {
        var pairs = StreamSource.FromEnumerable(Enumerable.Range(0, int.MaxValue)).Zip(StreamSource.FromEnumerable(["a", "b"])).SinkToList();

        await pairs.Start().Completion.Soon();

        Assert.That(pairs, Is.EqualTo(new[] { (0, "a"), (1, "b") }));
    }

    [Test]
    public async Task Zip_Eight_PairsByPosition()
    {
        var source = new StreamSource<int>();
        var rows = source.Zip(source, source, source, source.Map(x => $"{x}"), source, source, source.Map(x => -x)).SinkToList();

        await source.EmitAllAsync([1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(rows, Is.EqualTo(new[] { (1, 1, 1, 1, "1", 1, 1, -1), (2, 2, 2, 2, "2", 2, 2, -2) }));
        Assert.That(
            () => source.Zip(source, source, source, source, source, source, (Stream<int>)null!),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("eighth"));
    }

    [Test]
    public async Task Zip_SlowSide_HoldsBackTheOtherAtItsBound()
    {
        var fast = new StreamSource<int>();
        var slow = new StreamSource<int>();
        var pairs = fast.Zip(slow, maxSize: 3).SinkToList();
        var pipeline = pairs.Start();

        var emits = Enumerable.Range(0, 8).Select(value => fast.EmitAsync(value).AsTask()).ToList();
        await pipeline.SettleAsync().Soon();
        Assert.That(pipeline.GetSnapshot().Nodes[0].Received, Is.EqualTo(3));

        await slow.EmitAllAsync(Enumerable.Range(0, 8)).AsTask().Soon();
        await Task.WhenAll(emits).Soon();
        fast.Complete();
        slow.Complete();
        await pipeline.Completion.Soon();
        Assert.That(pairs, Is.EqualTo(Enumerable.Range(0, 8).Select(value => (value, value))));
    }

    [Test]
    public async Task Zip_Three_PairsByPosition()
    {
        var first = StreamSource.FromEnumerable([1, 2]);
        var second = StreamSource.FromEnumerable(["a", "b", "c"]);
        var third = StreamSource.FromEnumerable([true, false]);
        var triples = first.Zip(second, third).SinkToList();

        await triples.Start().Completion.Soon();

        Assert.That(triples, Is.EqualTo(new[] { (1, "a", true), (2, "b", false) }));
    }

    [Test]
    public void Zip_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.Zip((Stream<int>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("second"));
        Assert.That(
            () => source.Zip(new StreamSource<int>(), maxSize: 0),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxSize").And.Property("ActualValue").Zero);
        Assert.That(source.Zip(new StreamSource<int>(), maxSize: 4).Node.Label, Is.EqualTo("zip maxSize=4"));
    }
}
