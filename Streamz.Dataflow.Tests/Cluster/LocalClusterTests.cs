using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Cluster;

[CancelAfter(30_000)]
public sealed class LocalClusterTests
{
    [Test]
    public async Task Cluster_ScatterMapBufferGather_GivesResultsInOrder()
    {
        using var cluster = new LocalCluster(workers: 4);
        await using var source = new StreamSource<int>();
        var random = new Random(1);
        var waits = Enumerable.Range(0, 200).Select(_ => random.Next(3)).ToArray();
        var results = source.Scatter(cluster)
            .Map(async x =>
            {
                await Task.Delay(waits[x]);
                return x + 1;
            })
            .Buffer(5).Gather().SinkToList();

        for (var x = 0; x < 200; x++)
        {
            await source.EmitAsync(x);
        }

        await source.CompleteAsync();
        Assert.That(results, Is.EqualTo(Enumerable.Range(1, 200)));
    }

    [Test, DefaultMode]
    public async Task Cluster_BufferOfFive_LetsFiveResultsBeOutstandingBesidesTheOneGathered()
    {
        using var cluster = new LocalCluster(workers: 16);
        await using var source = new StreamSource<int>();
        using var open = new SemaphoreSlim(0);
        var started = 0;
        var results = source.Scatter(cluster)
            .Map(x =>
            {
                Interlocked.Increment(ref started);
                open.Wait();
                return x;
            })
            .Buffer(5).Gather().SinkToList();
        var pipeline = results.Start();

        var emits = Enumerable.Range(0, 20).Select(x => source.EmitAsync(x).AsTask()).ToList();
        await pipeline.SettleAsync();
        while (Volatile.Read(ref started) < 7)
        {
            await Task.Yield();
        }

        // Five in the buffer, one at gather, and one submitted that waits for room in the buffer.
        await pipeline.SettleAsync();
        Assert.That(started, Is.EqualTo(7));
        Assert.That(emits.Count(emit => emit.IsCompleted), Is.EqualTo(7));

        open.Release(20);
        await Task.WhenAll(emits);
        await source.CompleteAsync();
        Assert.That(results, Is.EqualTo(Enumerable.Range(0, 20)));
    }

    [Test]
    public async Task Cluster_ManyFunctions_RunOnAtMostTheNumberOfWorkers()
    {
        using var cluster = new LocalCluster(workers: 3);
        await using var source = new StreamSource<int>();
        var running = 0;
        var most = 0;
        var threads = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        using var allAtWork = new Barrier(3);
        source.Scatter(cluster)
            .Map(x =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                threads.TryAdd(Thread.CurrentThread.Name!, true);
                allAtWork.SignalAndWait(TimeSpan.FromSeconds(20));
                Interlocked.Decrement(ref running);
                return x;
            })
            .Buffer(9).Gather().Sink(_ => { });

        for (var x = 0; x < 30; x++)
        {
            await source.EmitAsync(x);
        }

        await source.CompleteAsync();
        Assert.That(most, Is.EqualTo(3));
        Assert.That(threads.Keys, Is.EquivalentTo(new[] { "worker 1", "worker 2", "worker 3" }));
    }

    [Test]
    public async Task Cluster_FunctionFails_NamesFunctionAndWorkerAndStops()
    {
        using var cluster = new LocalCluster(workers: 1);
        await using var source = new StreamSource<int>();
        var results = source.Scatter(cluster).Map(x => 10 / x, new() { Name = "divide" }).Buffer(5).Gather().SinkToList();

        await source.EmitAsync(5);
        var failing = source.DeliverAsync(0);

        var fault = Assert.ThrowsAsync<NodeFailedException>(async () => await failing)!;
        Assert.That(fault.NodeName, Is.EqualTo("gather"));
        Assert.That(fault.InnerException, Is.TypeOf<ClusterTaskException>().With.Message.Contains("'divide' failed on worker 1"));
        Assert.That(fault.InnerException!.InnerException, Is.TypeOf<DivideByZeroException>());
        Assert.ThrowsAsync<NodeFailedException>(async () => await source.CompleteAsync());
        Assert.That(results, Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public async Task Cluster_FunctionFailsWithSkip_TheOthersGoOn()
    {
        using var cluster = new LocalCluster(workers: 2);
        await using var source = new StreamSource<int>();
        var results = source.Scatter(cluster).Map(x => 10 / x).Map(x => x + 1).Buffer(2).Gather(new() { OnError = ErrorPolicy.Skip }).SinkToList();

        foreach (var x in new[] { 1, 0, 2, 0, 5 })
        {
            await source.EmitAsync(x);
        }

        await source.CompleteAsync();
        Assert.That(results, Is.EqualTo(new[] { 11, 6, 3 }));
    }

    [Test]
    public async Task Scatter_ByDefault_CopiesValues_AndSharesThemIfToldTo()
    {
        var given = new List<int> { 1, 2 };
        Assert.That(await PassAsync(new LocalClusterOptions()), Is.EqualTo(given).And.Not.SameAs(given));
        Assert.That(await PassAsync(new LocalClusterOptions { ShareReferences = true }), Is.SameAs(given));

        async Task<List<int>> PassAsync(LocalClusterOptions options)
        {
            using var cluster = new LocalCluster(1, options);
            await using var source = new StreamSource<List<int>>();
            var results = source.Scatter(cluster).Map(x => x).Gather().SinkToList();
            await source.EmitAsync(given);
            await source.CompleteAsync();
            return results[0];
        }
    }

    [Test]
    public async Task Scatter_ValueThatCannotTravel_FailsTheElementNamingTheType()
    {
        using var cluster = new LocalCluster(1);
        await using var source = new StreamSource<Func<int>>();
        source.Scatter(cluster).Gather().Sink(_ => { });

        var fault = Assert.ThrowsAsync<NodeFailedException>(() => source.DeliverAsync(() => 1))!;

        Assert.That(fault.NodeName, Is.EqualTo("scatter"));
        Assert.That(fault.InnerException, Is.TypeOf<NotSupportedException>().With.Message.Contains("System.Func").And.Message.Contains("ShareReferences"));
    }

    [Test]
    public async Task Cluster_NullDefaultAndTuples_Travel()
    {
        using var cluster = new LocalCluster(2);
        await using var source = new StreamSource<(int Number, string? Text)>();
        var results = source.Scatter(cluster).Map(pair => pair).Buffer(1).Gather().SinkToList();

        await source.EmitAsync(default);
        await source.EmitAsync((1, "one"));
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new (int, string?)[] { default, (1, "one") }));
    }

    [Test]
    public async Task Cluster_RateLimit_PacesWhatIsGathered()
    {
        var clock = new FakeTimeProvider();
        using var cluster = new LocalCluster(2);
        await using var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock });
        var times = new List<double>();
        var start = clock.GetTimestamp();
        source.Scatter(cluster).Map(x => x + 1).RateLimit(TimeSpan.FromSeconds(0.5)).Gather()
            .Sink(_ => times.Add(clock.GetElapsedTime(start).TotalSeconds));
        var pipeline = source.Start();

        var emits = Enumerable.Range(0, 4).Select(x => source.EmitAsync(x).AsTask()).ToList();
        for (var elapsed = 0; elapsed < 4; elapsed++)
        {
            // Work on the cluster's threads is not the pipeline's: each result is waited for.
            while (times.Count <= elapsed)
            {
                await Task.Yield();
            }

            await pipeline.AdvanceAsync(clock, TimeSpan.FromSeconds(0.5));
        }

        await Task.WhenAll(emits);
        await source.CompleteAsync();
        Assert.That(times, Is.EqualTo(new[] { 0, 0.5, 1, 1.5 }));
    }

    [Test]
    public void Union_OfTwoClusters_IsRefused()
    {
        using var first = new LocalCluster(1);
        using var second = new LocalCluster(1);
        var source = new StreamSource<int>();

        Assert.That(
            () => source.Scatter(first).Union(source.Scatter(second)),
            Throws.ArgumentException.With.Message.Contains("another cluster"));
    }

    [Test]
    public async Task Cluster_Disposed_FailsWhatComes()
    {
        var cluster = new LocalCluster(1);
        await using var source = new StreamSource<int>();
        source.Scatter(cluster).Map(x => x).Gather().Sink(_ => { });
        await source.DeliverAsync(1);

        cluster.Dispose();

        var fault = Assert.ThrowsAsync<NodeFailedException>(() => source.DeliverAsync(2))!;
        Assert.That(fault.InnerException, Is.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Cluster_StopWithAFunctionRunning_AbandonsAtTheDeadline()
    {
        using var cluster = new LocalCluster(1);
        var source = new StreamSource<int>();
        source.Scatter(cluster)
            .Map(async (int x, CancellationToken aborted) =>
            {
                await Task.Delay(Timeout.Infinite, aborted);
                return x;
            })
            .Gather().Sink(_ => { });
        var pipeline = source.Start();
        var delivery = source.DeliverAsync(1);

        var report = await pipeline.StopAsync(TimeSpan.Zero);

        Assert.That(async () => await delivery, Throws.TypeOf<ElementAbandonedException>());
        Assert.That(report.Unfinished, Is.Empty);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            seen = Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
