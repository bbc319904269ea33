using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>What streamz pins of joins and of connecting, disconnecting and detaching.</summary>
[TestFixture]
public sealed class JoinParityTests
{
    [Test]
    [Parity("3.1", "test_zip", "=")]
    public async Task Zip_TwoOrThree_PairsElementByElement()
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<string>();
        var c = new StreamSource<double>();
        var two = a.Zip(b).SinkToList();
        var three = a.Zip(b, c).SinkToList();
        a.Start();

        await a.EmitAllAsync([1, 2]).Soon();
        await b.EmitAllAsync(["a", "b"]).Soon();
        await c.EmitAllAsync([1.5]).Soon();
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync(), c.CompleteAsync()).Soon();

        Assert.That(two, Is.EqualTo(new[] { (1, "a"), (2, "b") }));
        Assert.That(three, Is.EqualTo(new[] { (1, "a", 1.5) }));
    }

    [Test]
    [Parity("3.1", "test_zip_literals", "~")]
    public async Task Zip_LiteralsAmongTheSides_StandAtTheirPlaces()
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<int>();
        var triples = a.Zip(StreamSource.Literal(123), b).SinkToList();
        triples.Start();

        await a.EmitAsync(1).Soon();
        await b.EmitAsync(2).Soon();
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync()).Soon();

        Assert.That(triples, Is.EqualTo(new[] { (1, 123, 2) }));
    }

    [Test]
    [Parity("3.1", "test_zip_same", "=")]
    public async Task Zip_WithItself_PairsEqualElements()
    {
        var source = new StreamSource<int>();
        var pairs = source.Zip(source).SinkToList();

        await source.EmitAllAsync([1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(pairs, Is.EqualTo(new[] { (1, 1), (2, 2) }));
    }

    [Test]
    [Parity("3.1", "test_zip_timeout", "=")]
    public async Task Zip_SideAtItsBound_WaitsForTheOther()
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<int>();
        var pairs = a.Zip(b, maxSize: 2).SinkToList();
        var pipeline = a.Start();

        await a.EmitAllAsync([1, 2]).Soon();
        var third = a.EmitAsync(3).AsTask();
        await pipeline.SettleAsync().Soon();
        Assert.That(third.IsCompleted, Is.False);
        await b.EmitAsync(10).Soon();
        await third.Soon();
        await b.EmitAllAsync([20, 30]).Soon();
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync()).Soon();

        Assert.That(pairs, Is.EqualTo(new[] { (1, 10), (2, 20), (3, 30) }));
    }

    [Test]
    [Parity("3.1", "test_zip_ref_counts", "=")]
    public async Task Zip_WithoutPartner_HoldsTheElement()
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<int>();
        a.Zip(b).SinkToList();
        var pipeline = a.Start();

        var first = a.DeliverAsync(1);
        var second = a.DeliverAsync(2);
        await pipeline.SettleAsync().Soon();
        Assert.That(first.IsCompleted || second.IsCompleted, Is.False);
        Assert.That(await b.DeliverAsync(10).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));

        Assert.That(await first.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(second.IsCompleted, Is.False);
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync()).Soon();
        Assert.That(await second.Soon(), Is.EqualTo(DeliveryOutcome.Dropped), "A leftover is said to be dropped.");
    }

    [Test]
    [Parity("3.1", "test_union", "=")]
    public async Task Union_OfThree_MergesAsElementsArrive()
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<int>();
        var c = new StreamSource<int>();
        var merged = a.Union(b, c).SinkToList();

        await a.DeliverAsync(1).Soon();
        await b.DeliverAsync(2).Soon();
        await a.DeliverAsync(3).Soon();
        await c.DeliverAsync(4).Soon();
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync(), c.CompleteAsync()).Soon();

        Assert.That(merged, Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [Test]
    [Parity("3.1", "test_connect", "=")]
    public async Task Connect_LaterUpstream_FeedsTheGraph()
    {
        var downstream = new StreamSource<int>();
        var results = downstream.Map(x => x + 1).SinkToList();
        var upstream = new StreamSource<int>();
        upstream.Map(x => x * 2).Connect(downstream);

        await upstream.EmitAllAsync([2, 4]).Soon();
        await upstream.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 5, 9 }));
        await downstream.CompleteAsync().Soon();
    }

    [Test]
    [Parity("3.1", "test_multi_connect", "=")]
    public async Task Connect_IntoAUnion_AddsToWhatItMerges()
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<int>();
        var union = a.Union(b);
        var merged = union.SinkToList();
        var c = new StreamSource<int>();
        c.Connect(union);

        await c.DeliverAsync(1).Soon();
        await a.DeliverAsync(2).Soon();
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync(), c.CompleteAsync()).Soon();

        Assert.That(merged, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    [Parity("3.1", "test_disconnect", "=")]
    public async Task Disconnect_BetweenTwoRuns_GetsNothingMore()
    {
        var source = new StreamSource<int>();
        var kept = source.SinkToList();
        var removed = source.SinkToList();
        await source.EmitAsync(1).Soon();
        await source.CompleteAsync().Soon();

        source.Disconnect(removed);
        source.Start();
        await source.EmitAsync(2).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(kept, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(removed, Is.EqualTo(new[] { 1 }));
        Assert.That(() => source.Disconnect(removed), Throws.ArgumentException.With.Message.Contains("is not connected"));
    }

    [Test]
    [Parity("3.1", "test_destroy", "=")]
    public async Task Detach_Node_LeavesBothWays()
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<int>();
        var union = a.Union(b).Named("merged");
        var results = union.SinkToList();
        var rest = a.SinkToList();

        union.Detach();
        await a.EmitAsync(1).Soon();
        await a.CompleteAsync().Soon();

        Assert.That(results, Is.Empty);
        Assert.That(rest, Is.EqualTo(new[] { 1 }));
        Assert.That(a.ToDot(), Does.Not.Contain("merged"));
        Assert.That(union.ToDot(), Does.Not.Contain("source"));
    }

    [Test]
    [Parity("3.3", "test_sink_destroy", "=")]
    public async Task Detach_Sink_GetsNothing()
    {
        var source = new StreamSource<int>();
        var kept = source.SinkToList();
        var removed = source.Map(x => x).SinkToList().Named("removed");

        removed.Detach();
        await source.EmitAsync(1).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(kept, Is.EqualTo(new[] { 1 }));
        Assert.That(removed, Is.Empty);
        Assert.That(source.ToDot(), Does.Not.Contain("removed"));
    }

    [Test]
    [Parity("3.1", "test_gc", "!")]
    public async Task Branch_NobodyRefersToIt_Stays()
    {
        var source = new StreamSource<int>();
        var seen = new List<int>();
        AddBranch(source, seen);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        await source.DeliverAsync(1).Soon();
        GC.Collect();
        await source.DeliverAsync(2).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(seen, Is.EqualTo(new[] { 1, 2 }));

        static void AddBranch(StreamSource<int> source, List<int> seen) => source.Map(x => x).Map(x =>
        {
            seen.Add(x);
            return x;
        });
    }

    [Test, DefaultMode]
    [Parity("3.1", "test_execution_order", "=")]
    public async Task Branches_Several_RunInTheOrderTheyWereMade()
    {
        var source = new StreamSource<int>();
        var seen = new List<string>();
        var first = source.Map(x => x);
        source.Sink(x => seen.Add($"second {x}"));
        first.Sink(x => seen.Add($"first {x}"));

        await source.EmitAllAsync([1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(seen, Is.EqualTo(new[] { "first 1", "second 1", "first 2", "second 2" }));
    }
}
