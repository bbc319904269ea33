namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>The threads of a worker: none is forgotten while there is work for it, and none is left behind.</summary>
[CancelAfter(120_000)]
public sealed class FunctionRunnerTests
{
    private const int Threads = 4;

    private static Barrier s_together = null!;
    private static ManualResetEventSlim s_gate = null!;
    private static int s_calls;

    private OrleansCluster _cluster = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        s_together = new Barrier(Threads);
        _cluster = await Clusters.StartAsync(options => options.ThreadsPerWorker = Threads);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _cluster.DisposeAsync();
        s_together.Dispose();
    }

    [TearDown]
    public Task NothingIsLeftAsync() => _cluster.EmptyAsync();

    /// <summary>Each thread that is woken must wake the next: as many functions as there are threads wait for one another.</summary>
    [Test]
    public async Task Functions_AsManyAsThreads_RunAtOnce(CancellationToken cancellation)
    {
        await using var source = new StreamSource<int>();
        var met = source.Scatter(_cluster).Map(static _ => s_together.SignalAndWait(TimeSpan.FromSeconds(30))).Buffer(Threads).Gather().SinkToList();

        for (var round = 0; round < Rounds.Count(200); round++)
        {
            await source.EmitAllAsync(Enumerable.Range(0, Threads), cancellation);
            if (round % 3 == 0)
            {
                // Now all of them are idle.
                await _cluster.EmptyAsync();
            }
        }

        await source.CompleteAsync();
        Assert.That(met, Is.Not.Empty.And.All.True);
    }

    /// <summary>Bursts of random length, of functions that end at once or block, each awaited to the end, so that threads fall asleep and are woken at random.</summary>
    [Test]
    public async Task Functions_InBursts_AllRunOnce(CancellationToken cancellation)
    {
        var seed = Rounds.Seed();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var source = new StreamSource<int>();
        var results = source.Scatter(_cluster).Map(static micros => Take(micros)).Map(static micros => Take(micros)).Buffer(2 * Threads).Gather().SinkToList();
        var expected = new List<int>();

        for (var round = 0; round < Rounds.Count(500); round++)
        {
            var burst = Enumerable.Range(0, random.Next(1, 3 * Threads)).Select(_ => random.Next(3) == 0 ? random.Next(400) : 0).ToList();
            expected.AddRange(burst);
            await source.EmitAllAsync(burst, cancellation);
            await source.DeliverAsync(0, cancellation);
            expected.Add(0);
        }

        await source.CompleteAsync();
        Assert.That(results, Is.EqualTo(expected), $"seed {seed}");
    }

    /// <summary>What is called off while it waits for a thread stays in the queue, and must not keep a thread from what is behind it.</summary>
    [Test]
    public async Task Functions_CalledOffInTheQueue_AreSteppedOver(CancellationToken cancellation)
    {
        using var gate = new ManualResetEventSlim();
        s_gate = gate;
        var calls = s_calls;
        await using var aborted = new StreamSource<int>();
        aborted.Scatter(_cluster, new NodeOptions { Capacity = 32 }).Map(static x => Held(x)).Buffer(32).Gather().Sink(_ => { });
        var pipeline = aborted.Start();
        for (var x = 0; x < 4 * Threads; x++)
        {
            await aborted.EmitAsync(x, cancellation);
        }

        await RunningAsync(Threads);
        await using var source = new StreamSource<int>();
        var results = source.Scatter(_cluster).Map(static x => x + 1).Buffer(2).Gather().SinkToList();
        await source.EmitAsync(1, cancellation);
        await pipeline.StopAsync(TimeSpan.Zero);
        gate.Set();
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { 2 }));
        await _cluster.EmptyAsync();
        Assert.That(Volatile.Read(ref s_calls) - calls, Is.EqualTo(Threads), "Those that waited for a thread were called off.");
    }

    [Test]
    public async Task Threads_ClusterIsDisposed_End(CancellationToken cancellation)
    {
        List<Thread> threads;
        await using (var cluster = await Clusters.StartAsync(options => options.ThreadsPerWorker = Threads))
        {
            await using var source = new StreamSource<int>();
            var results = source.Scatter(cluster).Map(static _ => Thread.CurrentThread).Buffer(Threads).Gather().SinkToList();
            await source.EmitAllAsync(Enumerable.Range(0, 100), cancellation);
            await source.CompleteAsync();
            threads = [.. results];
        }

        foreach (var thread in threads.Distinct())
        {
            Assert.That(thread.Join(TimeSpan.FromSeconds(30)), $"{thread.Name} still runs.");
        }

        Assert.That(threads, Is.Not.Empty.And.All.Not.EqualTo(Thread.CurrentThread));
    }

    private static int Held(int x)
    {
        Interlocked.Increment(ref s_calls);
        s_gate.Wait(TimeSpan.FromSeconds(30));
        return x;
    }

    private static int Take(int micros)
    {
        if (micros > 200)
        {
            Thread.Sleep(0);
        }
        else if (micros > 0)
        {
            Thread.SpinWait(10 * micros);
        }

        return micros;
    }

    private async Task RunningAsync(int count)
    {
        while (_cluster.GetSnapshot().Workers[0].Running < count)
        {
            await Task.Delay(5);
        }
    }
}
