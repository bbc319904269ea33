using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>Pipelines on workers in processes of their own, which are harmed.</summary>
[CancelAfter(180_000)]
[NonParallelizable]
public sealed class WorkerProcessTests
{
    private const int Count = 300;

    [Test]
    public async Task Processes_TwoWorkers_ShareTheWorkAndEndWithTheCluster()
    {
        int[] ids;
        await using (var cluster = await Clusters.StartAsync(options => options.Processes = 2))
        {
            ids = [.. cluster.Processes.Select(process => process.Id)];
            await using var source = new StreamSource<int>();
            var results = source.Scatter(cluster).Map(_ => Environment.ProcessId).Buffer(5).Gather().SinkToList();
            await source.EmitAllAsync(Enumerable.Range(0, 100));
            await source.CompleteAsync();

            Assert.That(results.Distinct(), Is.EquivalentTo(ids));
            await cluster.EmptyAsync();
        }

        Assert.That(ids.Where(IsRunning), Is.Empty);
    }

    [Test]
    public async Task Processes_ChainOfMaps_KeepsValuesOutOfThisProcess()
    {
        await using var cluster = await Clusters.StartAsync(options => options.Processes = 2);
        await using var source = new StreamSource<int>();
        var results = source.Scatter(cluster)
            .Map(seed => Enumerable.Repeat((double)seed, 500_000).ToArray())
            .Map(values => Array.ConvertAll(values, value => value + 1))
            .Map(values => (Sum: values.Sum(), Process: Environment.ProcessId))
            .Buffer(2).Gather().SinkToList();
        results.Start();
        var before = GC.GetTotalAllocatedBytes();

        await source.EmitAllAsync(Enumerable.Range(0, 10));
        await source.CompleteAsync();

        Assert.That(results.Select(result => result.Sum), Is.EqualTo(Enumerable.Range(1, 10).Select(x => 500_000.0 * x)));
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(40_000_000), "Each of the 20 arrays has 4 MB.");
        await cluster.EmptyAsync();
    }

    [Test]
    public async Task Processes_ValuesOfTwoWorkers_MeetOnOne()
    {
        await using var cluster = await Clusters.StartAsync(options => options.Processes = 2);
        await using var source = new StreamSource<int>();
        var scattered = source.Scatter(cluster).Map(x => (Value: x, Process: Environment.ProcessId));
        var results = scattered.SlidingWindow(3, returnPartial: false).Map(window => (Sum: window.Sum(item => item.Value), Processes: window.Select(item => item.Process).Distinct().Count()))
            .Buffer(4).Gather().SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 100));
        await source.CompleteAsync();

        Assert.That(results.Select(result => result.Sum), Is.EqualTo(Enumerable.Range(1, 98).Select(x => 3 * x)));
        Assert.That(results.Select(result => result.Processes), Has.Some.EqualTo(2));
        await cluster.EmptyAsync();
    }

    [Test]
    public async Task Processes_FunctionFails_TheExceptionComesBackWithItsTrace()
    {
        await using var cluster = await Clusters.StartAsync(options => options.Processes = 1);
        await using var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var letters = new DeadLetterQueue("failed");
        var failures = letters.Letters().Map(letter => letter.Exception).SinkToList();
        var results = source.Scatter(cluster).Map(x => Fragile(x)).Buffer(4).Gather(new() { OnError = ErrorPolicy.DeadLetter(letters) }).SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 10));
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(Enumerable.Range(0, 10).Where(x => x != 7)));
        var failure = failures.Single().InnerException ?? failures.Single();
        Assert.That(failure.ToString(), Does.Contain("element 7 is bad").And.Contain(nameof(Fragile)).And.Contain("worker 1"));
        await cluster.EmptyAsync();
    }

    [Test]
    public async Task Processes_PoisonResult_FailsItsElementOnly()
    {
        await using var cluster = await Clusters.StartAsync(options => options.Processes = 1);
        await using var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.Scatter(cluster).Map(x => x == 3 ? (object)new SemaphoreSlim(1) : x).Buffer(4).Gather().SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 6));
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new object[] { 0, 1, 2, 4, 5 }));
        Assert.That(cluster.Workers, Is.EqualTo(1));
        await cluster.EmptyAsync();
    }

    [Test]
    public async Task Processes_ManyFunctionsThatBlock_TheWorkerIsNotTakenForDead()
    {
        await using var cluster = await Clusters.StartAsync(options =>
        {
            options.Processes = 1;
            options.ThreadsPerWorker = 60;
        });
        await using var source = new StreamSource<int>();
        var results = source.Scatter(cluster).Map(x =>
        {
            Thread.Sleep(2_500);
            return x;
        }).Buffer(60).Gather().SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 60));
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(Enumerable.Range(0, 60)));
        Assert.That(cluster.GetSnapshot().Recomputed, Is.Zero);
    }

    /// <summary>Rounds of one cluster each: a worker is killed or stopped somewhere in the middle.</summary>
    [Test]
    [Platform("Linux")]
    public async Task Processes_WorkerLostInTheMiddle_EveryResultComesOnceAndInOrder([Values("KILL", "STOP")] string signal, [Values("map", "fold", "window")] string kind)
    {
        var seed = Seed();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var cluster = await Clusters.StartAsync(options => options.Processes = 3);
        for (var round = 0; round < 2; round++)
        {
            var expected = await RunAsync(new LocalCluster(2), random.Next(Count), () => { });
            var victim = cluster.Processes.Where(process => !process.Exit.IsCompleted && !Stopped.Contains(process.Id)).ElementAt(random.Next(2));
            var actual = await RunAsync(cluster, random.Next(Count / 4, 3 * Count / 4), () =>
            {
                Stopped.Add(victim.Id);
                Send(signal, victim.Id);
            });

            Assert.That(actual, Is.EqualTo(expected), $"seed {seed}, round {round}");
            await cluster.EmptyAsync();
        }

        foreach (var stopped in cluster.Processes.Where(process => !process.Exit.IsCompleted))
        {
            Send("CONT", stopped.Id);
        }

        async Task<List<int>> RunAsync(ICluster on, int at, Action harm)
        {
            await using var source = new StreamSource<int>();
            var scattered = source.Scatter(on).Map(x => Slowly(x));
            var results = (kind switch
            {
                "map" => scattered,
                "fold" => scattered.Accumulate((sum, x) => sum + x, saveEvery: 20),
                _ => scattered.SlidingWindow(4).Map(window => window.Sum()),
            }).Buffer(20).Gather().SinkToList();
            for (var x = 0; x < Count; x++)
            {
                if (x == at)
                {
                    harm();
                }

                await source.EmitAsync(x);
            }

            await source.CompleteAsync();
            return [.. results];
        }
    }

    [Test]
    public async Task Processes_AllLost_FailsAfterTheStatedTime()
    {
        await using var cluster = await Clusters.StartAsync(options =>
        {
            options.Processes = 1;
            options.Cluster.NoWorkersTimeout = TimeSpan.FromMilliseconds(300);
        });
        await using var source = new StreamSource<int>();
        source.Scatter(cluster).Map(x => Slowly(x)).Buffer(20).Gather().Sink(_ => { });
        await source.DeliverAsync(1);

        cluster.Processes[0].Kill();

        var fault = Assert.ThrowsAsync<NodeFailedException>(async () =>
        {
            for (var x = 0; ; x++)
            {
                await source.DeliverAsync(x);
            }
        })!;
        Assert.That(fault.InnerException, Is.TypeOf<ClusterUnavailableException>().With.Message.Contains("NoWorkersTimeout"));
    }

    private static readonly HashSet<int> Stopped = [];

    private static int Seed() =>
        Environment.GetEnvironmentVariable("STREAMZ_STRESS_SEED") is { Length: > 0 } text ? int.Parse(text) : Random.Shared.Next();

    private static int Slowly(int x)
    {
        Thread.Sleep(1);
        return x + 1;
    }

    private static int Fragile(int x) => x != 7 ? x : throw new InvalidOperationException($"element {x} is bad");

    private static void Send(string signal, int process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        kill.WaitForExit();
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
