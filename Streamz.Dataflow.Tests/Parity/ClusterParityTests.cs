using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>What streamz pins of the stretch between scatter and gather, on a cluster inside the process.</summary>
[TestFixture]
public sealed class ClusterParityTests
{
    private LocalCluster _cluster = null!;

    [SetUp]
    public void StartCluster() => _cluster = new LocalCluster(workers: 2);

    [TearDown]
    public void EndCluster() => _cluster.Dispose();

    [Test]
    [Parity("3.4", "test_map", "~")]
    public async Task Map_OnWorkers_GivesResultsInOrder()
    {
        var threads = new ConcurrentBag<string?>();
        var source = new StreamSource<int>();
        var results = source.Scatter(_cluster).Map(x =>
        {
            threads.Add(Thread.CurrentThread.Name);
            return x + 1;
        }).Gather().SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 10)).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(Enumerable.Range(1, 10)));
        Assert.That(threads, Is.All.StartsWith("worker "));
    }

    [Test]
    [Parity("3.4", "test_map_on_dict", "~")]
    public async Task Map_OnADictionary_GetsItWhole()
    {
        var source = new StreamSource<Dictionary<string, int>>();
        var results = source.Scatter(_cluster).Map(counts => counts["a"] + counts["b"]).Gather().SinkToList();

        await source.EmitAsync(new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 3 }));
    }

    [Test]
    [Parity("3.4", "test_partition_then_scatter_async", "~")]
    public async Task Partition_ThenScatter_FlattensToTheSameElements()
    {
        var clock = new FakeTimeProvider();
        var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock });
        var results = source.Partition(5, TimeSpan.FromSeconds(1)).Scatter(_cluster).Map(part => part.Select(x => x + 1).ToList()).Gather().Flatten().SinkToList();
        var pipeline = source.Start();

        var delivered = Enumerable.Range(0, 3).Select(x => source.DeliverAsync(x)).ToList();
        await pipeline.AdvanceAsync(clock, TimeSpan.FromSeconds(1)).Soon();
        await Task.WhenAll(delivered).Soon();

        Assert.That(results, Is.EqualTo(new[] { 1, 2, 3 }));
        await source.CompleteAsync().Soon();
    }

    [Test]
    [Parity("3.4", "test_partition_then_scatter_sync", "~")]
    public async Task Partition_ThenScatter_WorksFromABlockingProgram()
    {
        var source = new StreamSource<int>();
        var results = source.Partition(3).Scatter(_cluster).Map(part => part.Select(x => x + 1).ToList()).Gather().Flatten().SinkToList();

        await Task.Run(() =>
        {
            foreach (var x in new[] { 0, 1, 2 })
            {
                source.Emit(x);
            }
        }).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    [Parity("3.4", "test_non_unique_emit", "~")]
    public async Task Map_EqualValues_AreWorkedOnSeparately()
    {
        var calls = 0;
        var source = new StreamSource<int>();
        var results = source.Scatter(_cluster).Map(_ => Interlocked.Increment(ref calls)).Gather().SinkToList();

        await source.EmitAllAsync([1, 1, 1]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    [Parity("3.4", "test_scan", "~")]
    public async Task Accumulate_OnWorkers_KeepsItsStateThere()
    {
        var source = new StreamSource<int>();
        var results = source.Scatter(_cluster).Map(x => x + 1).Accumulate((sum, x) => sum + x).Buffer(3).Gather().SinkToList();

        await source.EmitAllAsync([0, 1, 2, 3]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1, 3, 6, 10 }));
    }

    [Test]
    [Parity("3.4", "test_scan_state", "~")]
    public async Task Accumulate_WithAResult_EmitsTheResult()
    {
        var source = new StreamSource<int>();
        var results = source.Scatter(_cluster).Accumulate(0, (before, x) => (State: before + x, Result: before)).Gather().SinkToList();

        await source.EmitAllAsync([1, 2, 3]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 0, 1, 3 }));
    }

    [Test]
    [Parity("3.4", "test_accumulate", "~")]
    public async Task Accumulate_WithASeed_EmitsTheState()
    {
        var source = new StreamSource<int>();
        var results = source.Scatter(_cluster).Accumulate("", (text, x) => text + x).Gather().SinkToList();

        await source.EmitAllAsync([1, 2, 3]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { "1", "12", "123" }));
    }

    [Test]
    [Parity("3.4", "test_zip", "~")]
    public async Task Zip_OfTwoRemoteStreams_PairsTheirValues()
    {
        var left = new StreamSource<int>();
        var right = new StreamSource<int>();
        var scattered = left.Scatter(_cluster);
        var results = scattered.Zip(right.Scatter(_cluster).Map(x => x * 10)).StarMap((x, y) => x + y).Gather().SinkToList();
        results.Start();

        foreach (var x in new[] { 1, 2, 3 })
        {
            await left.EmitAsync(x).Soon();
            await right.EmitAsync(x).Soon();
        }

        await left.CompleteAsync().Soon();
        await right.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 11, 22, 33 }));
    }

    [Test]
    [Parity("3.4", "test_starmap", "~")]
    public async Task StarMap_OnWorkers_GetsThePartsOfTheTuple()
    {
        var source = new StreamSource<(int X, int Y)>();
        var results = source.Scatter(_cluster).StarMap((x, y) => (10 * x) + y).Gather().SinkToList();

        await source.EmitAllAsync([(1, 2), (3, 4)]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 12, 34 }));
    }

    [Test]
    [Parity("3.4", "test_sync", "~")]
    public async Task Emit_FromAnEventLoop_IsAwaited()
    {
        var source = new StreamSource<int>(new StreamOptions { RunOn = RunOn.DedicatedThread("loop") });
        var results = source.Scatter(_cluster).Map(x => x + 1).Gather().SinkToList();

        for (var x = 0; x < 3; x++)
        {
            await source.EmitAsync(x).Soon();
        }

        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    [Parity("3.4", "test_sync_2", "~")]
    public async Task Deliver_ReturnsWhenTheResultIsThere()
    {
        var source = new StreamSource<int>();
        var results = source.Scatter(_cluster).Map(x => x + 1).Gather().SinkToList();
        results.Start();

        for (var x = 0; x < 5; x++)
        {
            await source.DeliverAsync(x).Soon();
            Assert.That(results, Has.Count.EqualTo(x + 1));
        }

        await source.CompleteAsync().Soon();
    }

    [Test]
    [Parity("3.4", "test_buffer", "~")]
    public async Task Buffer_OfFive_KeepsTheOrderOfTen()
    {
        using var open = new SemaphoreSlim(0);
        var source = new StreamSource<int>();
        var results = source.Scatter(_cluster).Map(x =>
        {
            open.Wait();
            return x + 1;
        }).Buffer(5).Gather().SinkToList();
        results.Start();

        for (var x = 0; x < 5; x++)
        {
            await source.EmitAsync(x).Soon();
        }

        Assert.That(results, Is.Empty, "Five were taken, and no function has ended.");
        open.Release(10);
        await source.EmitAllAsync(Enumerable.Range(5, 5)).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(Enumerable.Range(1, 10)));
    }

    [Test]
    [Parity("3.4", "test_buffer_sync", "~")]
    public async Task Buffer_BlockingEmits_KeepTheOrder()
    {
        var source = new StreamSource<int>();
        var results = source.Scatter(_cluster).Map(x => x + 1).Buffer(5).Gather().SinkToList();

        await Task.Run(() =>
        {
            for (var x = 0; x < 10; x++)
            {
                source.Emit(x);
            }
        }).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(Enumerable.Range(1, 10)));
    }

    [Test]
    [Defect("D26")]
    public async Task Operators_BetweenScatterAndGather_SeeValues()
    {
        var source = new StreamSource<int>();
        var results = source.Scatter(_cluster)
            .Filter(x => x % 2 == 0)
            .Unique(x => x % 6)
            .Partition(2)
            .Flatten()
            .Gather().SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 12)).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 0, 2, 4 }), "What has no counterpart on a cluster does not compile there.");
    }

    [Test]
    [Defect("D27")]
    public async Task Accumulate_OneFailure_DoesNotPoisonTheState([Values] bool seeded)
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var scattered = source.Scatter(_cluster).Map(x => x != 1 ? x : throw new InvalidOperationException("the first"));
        var results = (seeded ? scattered.Accumulate(0, Add) : scattered.Accumulate(Add)).Buffer(2).Gather().SinkToList();

        await source.EmitAllAsync([1, 2, 3, 4, 5]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 2, 5, 10 }));

        static int Add(int sum, int x) => x != 4 ? sum + x : throw new InvalidOperationException("in the middle");
    }

    [Test]
    [Defect("D28")]
    public async Task Deliver_CompletesOnlyWhenTheClusterHasFinished()
    {
        using var open = new SemaphoreSlim(0);
        var source = new StreamSource<int>();
        source.Scatter(_cluster).Map(x =>
        {
            open.Wait();
            return x;
        }).Gather().Sink(_ => { });
        var pipeline = source.Start();

        var delivery = source.DeliverAsync(1);
        await pipeline.SettleAsync().Soon();
        Assert.That(delivery.IsCompleted, Is.False);
        open.Release();

        Assert.That(await delivery.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
    }
}
