using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>What streamz pins of operators that work one element at a time.</summary>
[TestFixture]
public sealed class ElementwiseParityTests
{
    [Test]
    [Parity("3.1", "test_basic", "=")]
    public async Task Graph_TwoBranches_EachGetsEveryElement()
    {
        var source = new StreamSource<int>();
        var sums = source.Map(x => x + 1).Scan((sum, x) => sum + x).SinkToList();
        var doubled = source.Map(x => x * 2).SinkToList();

        await source.EmitAllAsync([0, 1, 2, 3]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(sums, Is.EqualTo(new[] { 1, 3, 6, 10 }));
        Assert.That(doubled, Is.EqualTo(new[] { 0, 2, 4, 6 }));
    }

    [Test]
    [Parity("3.1", "test_no_output", "!")]
    public async Task EmitAsync_NothingFollows_IsAcceptedAndCounted()
    {
        var source = new StreamSource<int>();
        var pipeline = source.Start();

        await source.EmitAsync(1).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(pipeline.GetSnapshot().Nodes.Single(), Has.Property(nameof(NodeSnapshot.Received)).EqualTo(1).And.Property(nameof(NodeSnapshot.Discarded)).EqualTo(1));
        Assert.That(pipeline.Explain(), Does.Contain("open end"));
    }

    [Test]
    [Parity("3.1", "test_scan", "=")]
    public async Task Scan_StateAndResult_EmitsTheResult()
    {
        var source = new StreamSource<int>();
        var results = source.Scan(0, (state, x) => (state + x, state)).SinkToList();

        await source.EmitAllAsync([0, 1, 2, 3]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 0, 0, 1, 3 }));
    }

    [Test]
    [Parity("3.1", "test_kwargs", "=")]
    public async Task Scan_NoSeed_FirstElementPassesUntouched()
    {
        var extra = 10;
        var source = new StreamSource<int>();
        var results = source.Scan((sum, x) => sum + x + extra).SinkToList();

        await source.EmitAllAsync([0, 1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 0, 11, 23 }));
    }

    [Test]
    [Parity("3.1", "test_filter", "=")]
    public async Task Filter_Predicate_KeepsWhatItAccepts()
    {
        var source = new StreamSource<int>();
        var even = source.Filter(x => x % 2 == 0).SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 10)).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(even, Is.EqualTo(new[] { 0, 2, 4, 6, 8 }));
    }

    [Test]
    [Parity("3.1", "test_filter_none", "~")]
    public async Task Filter_NotNullOrZero_StandsForTruthiness()
    {
        var source = new StreamSource<int?>();
        var truthy = source.Filter(x => x is not (null or 0)).SinkToList();

        await source.EmitAllAsync([0, null, 1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(truthy, Is.EqualTo(new int?[] { 1, 2 }));
    }

    [Test]
    [Parity("3.1", "test_map_async", "=")]
    public async Task MapAsync_Chained_OverlapsAndKeepsOrder()
    {
        var first = new GatedWriter<int>();
        var source = new StreamSource<int>();
        var results = source.MapAsync(async x => await first.CallAsync(x) + 1, 3).MapAsync(async x =>
        {
            await Task.Yield();
            return x + 2;
        }).SinkToList();
        var pipeline = source.Start();

        await source.EmitAllAsync([0, 1, 2]).Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(first.Started, Is.EquivalentTo(new[] { 0, 1, 2 }), "All three are at work at once.");
        first.FinishCallOf(2);
        first.FinishCallOf(1);
        await pipeline.SettleAsync().Soon();
        Assert.That(results, Is.Empty, "The first element is still at work.");
        first.FinishCallOf(0);
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 3, 4, 5 }));
    }

    [Test]
    [Parity("3.1", "test_map_async_tornado", "=")]
    public async Task MapAsync_ChainedWithBuffer_EmitsAtOnceAndKeepsOrder()
    {
        var second = new GatedWriter<int>();
        var source = new StreamSource<int>();
        var results = source.MapAsync(x => ValueTask.FromResult(x + 1)).Buffer(2).MapAsync(async x => await second.CallAsync(x) + 2, 2).SinkToList();
        var pipeline = source.Start();

        await source.EmitAllAsync([0, 1, 2]).Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(second.Started, Is.EquivalentTo(new[] { 1, 2 }));
        second.Finish();
        await pipeline.SettleAsync().Soon();
        second.Finish(2);
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 3, 4, 5 }));
    }

    [Test]
    [Parity("3.1", "test_map_async_restart", "=")]
    public async Task MapAsync_FailedAndStartedAgain_GoesOnBehindTheFailedElement()
    {
        var source = new StreamSource<int>();
        var results = source.MapAsync(async x =>
        {
            await Task.Yield();
            return x == 2 ? throw new InvalidOperationException("two") : x;
        }).SinkToList();
        var first = source.Start();
        Assert.That(await source.DeliverAsync(0).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(await source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(async () => await source.DeliverAsync(2).Soon(), Throws.TypeOf<NodeFailedException>());
        Assert.That(async () => await first.Completion.Soon(), Throws.TypeOf<NodeFailedException>());

        source.Start();
        await source.EmitAllAsync([3, 4]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 0, 1, 3, 4 }));
    }

    [Test]
    [Parity("3.1", "test_starmap", "=")]
    public async Task StarMap_Tuple_ArrivesAsArguments()
    {
        var source = new StreamSource<(int, int)>();
        var sums = source.StarMap((x, y) => x + y).SinkToList();

        await source.EmitAllAsync([(1, 10), (2, 20)]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(sums, Is.EqualTo(new[] { 11, 22 }));
    }

    [Test]
    [Parity("3.1", "test_flatten", "=")]
    public async Task Flatten_ListsAndLazySequences_AreTakenApart()
    {
        var source = new StreamSource<IEnumerable<int>>();
        var items = source.Flatten().SinkToList();

        await source.EmitAllAsync([new List<int> { 1, 2, 3 }, Lazy(), [], new[] { 6 }]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(items, Is.EqualTo(new[] { 1, 2, 3, 4, 5, 6 }));

        static IEnumerable<int> Lazy()
        {
            yield return 4;
            yield return 5;
        }
    }

    [Test]
    [Parity("3.1", "test_flatten_empty", "=")]
    public async Task Flatten_EmptyList_DoesNotEndTheStream()
    {
        var source = new StreamSource<int[]>();
        var items = source.Flatten().SinkToList();

        Assert.That(await source.DeliverAsync([]).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.EmitAllAsync([[1], [], [2]]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(items, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    [Parity("3.1", "test_map_errors_raises", "=")]
    public async Task Map_Fails_EmitterGetsTheFailure()
    {
        var source = new StreamSource<int>();
        source.Map(x => 10 / x).Named("divide").SinkToList();

        await source.EmitAsync(1).Soon();

        var failure = Assert.ThrowsAsync<NodeFailedException>(async () => await source.DeliverAsync(0).Soon());
        Assert.That(failure, Has.Property(nameof(NodeFailedException.NodeName)).EqualTo("divide"));
        Assert.That(failure!.InnerException, Is.TypeOf<DivideByZeroException>());
    }

    [Test]
    [Parity("3.1", "test_map_errors_log", "!")]
    public async Task Map_FailsBehindABuffer_OwnerIsToldAndSkippingGoesOn()
    {
        var stopping = new StreamSource<int>();
        stopping.Buffer(3).Map(x => 10 / x).SinkToList();
        var stopped = stopping.Start();
        await stopping.EmitAsync(0).Soon();
        Assert.That(async () => await stopped.Completion.Soon(), Throws.TypeOf<NodeFailedException>());
        Assert.That(async () => await stopping.EmitAsync(1).Soon(), Throws.TypeOf<NodeFailedException>());

        var skipping = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = skipping.Buffer(3).Map(x => 10 / x).Named("divide").SinkToList();
        var pipeline = skipping.Start();
        await skipping.EmitAllAsync([1, 0, 2]).Soon();
        await skipping.CompleteAsync().Soon();
        Assert.That(results, Is.EqualTo(new[] { 10, 5 }));
        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "divide").Failed, Is.EqualTo(1));
    }

    [Test]
    [Parity("3.1", "test_accumulate_errors_raises", "=")]
    public void Accumulate_Fails_EmitterGetsTheFailure()
    {
        var source = new StreamSource<int>();
        source.Accumulate(100, (state, x) => state / x).SinkToList();

        Assert.That(
            async () => await source.DeliverAsync(0).Soon(),
            Throws.TypeOf<NodeFailedException>().With.InnerException.TypeOf<DivideByZeroException>());
    }

    [Test]
    [Parity("3.1", "test_accumulate_errors_log", "!")]
    public async Task Accumulate_FailsAndSkips_StateIsAsBefore()
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.Buffer(3).Accumulate(100, (state, x) => state / x).SinkToList();

        await source.EmitAllAsync([2, 0, 5]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 50, 10 }));
    }
}
