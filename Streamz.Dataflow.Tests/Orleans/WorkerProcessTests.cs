using System.Diagnostics;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Streamz.Dataflow.Tests.Sources;

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
        var letters = new DeadLetterQueue();
        var failures = letters.Map(letter => letter.Exception).SinkToList();
        var results = source.Scatter(cluster).Map(x => Fragile(x)).Buffer(4).Gather(new() { OnError = ErrorPolicy.DeadLetter(letters) }).SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 10));
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(Enumerable.Range(0, 10).Where(x => x != 7)));
        Assert.That(failures.Single().ToString(), Does.Contain("element 7 is bad").And.Contain(nameof(Fragile)).And.Contain("worker 1"));
        await cluster.EmptyAsync();
    }

    [Test]
    public async Task Processes_ElementOfATrace_ItsFunctionIsPartOfIt()
    {
        using var listener = Listening();
        await using var cluster = await Clusters.StartAsync(options => options.Processes = 1);
        await using var source = new StreamSource<int>();
        var results = source.Scatter(cluster).Map(static _ =>
        {
            // From the second element on somebody listens in the worker's process, too.
            var trace = Activity.Current?.TraceId.ToString();
            s_listener ??= Listening();
            return trace;
        }).Gather().SinkToList();
        using var request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        await source.DeliverAsync(1);
        await source.DeliverAsync(2);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { null, request.TraceId.ToString() }));
    }

    [Test]
    public async Task Processes_TypeThatBothSidesWriteAsJson_Travels()
    {
        await using var cluster = await Clusters.StartAsync(options =>
        {
            options.Processes = 1;
            options.Cluster.JsonTypes = type => type == typeof(JsonPoint);
        });
        await using var source = new StreamSource<JsonPoint>();
        var results = source.Scatter(cluster).Map(point => new JsonPoint(point.Y, point.X)).Buffer(4).Gather().SinkToList();

        await source.EmitAllAsync([new JsonPoint(1, 2), new JsonPoint(3, 4)]);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { new JsonPoint(2, 1), new JsonPoint(4, 3) }));
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

    /// <summary>The engine would drop such a message, and whoever waits for it would take the other side for dead.</summary>
    [Test]
    public async Task Processes_ValueLargerThanAMessage_FailsItsElementOnly()
    {
        await using var cluster = await Clusters.StartAsync(options =>
        {
            options.Processes = 1;
            options.Cluster.MaxMessageBytes = 1_000_000;
        });
        var letters = new DeadLetterQueue();
        var failures = letters.Map(letter => letter.Exception.ToString()).SinkToList();
        await using var source = new StreamSource<byte[]>(new StreamOptions { OnError = ErrorPolicy.DeadLetter(letters) });

        // The limit of the worker's silo is the engine's own.
        var results = source.Scatter(cluster).Map(bytes => new byte[bytes.Length == 3 ? 110_000_000 : bytes.Length]).Buffer(4).Gather().Map(bytes => bytes.Length).SinkToList();

        await source.EmitAllAsync([new byte[1], new byte[1_000_001], new byte[2], new byte[3], new byte[4]]);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { 1, 2, 4 }));
        Assert.That(failures, Has.Count.EqualTo(2));
        Assert.That(failures, Has.One.Contains("A value takes 1,000,0").And.One.Contains("The result takes 110,0"));
        Assert.That(failures, Has.All.Contains("MaxMessageBodySize"));
        Assert.That(cluster.GetSnapshot(), Has.Property("Lost").Zero.And.Property("Recomputed").Zero);
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

    [Test]
    public async Task Processes_FunctionThatEndsItsWorker_TakesNotOneAfterTheOther()
    {
        await using var cluster = await Clusters.StartAsync(options =>
        {
            options.Processes = 3;
            options.Cluster.MaxWorkerLosses = 2;
        });
        await using var source = new StreamSource<int>();
        var letters = new DeadLetterQueue();
        var failures = letters.Map(letter => letter.Exception).SinkToList();
        var results = source.Scatter(cluster).Map(x => x == 7 ? Deadly() : x).Gather(new() { OnError = ErrorPolicy.DeadLetter(letters) }).SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 10));
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(Enumerable.Range(0, 10).Where(x => x != 7)));
        Assert.That(failures.Single(), Is.TypeOf<ClusterTaskException>().With.InnerException.TypeOf<WorkerLostException>().And.Message.Contains("2 workers were lost"));
        Assert.That(cluster.GetSnapshot(), Has.Property("Lost").EqualTo(2).And.Property("Workers").Count.EqualTo(1));
        await cluster.EmptyAsync();
    }

    /// <summary>In each round a worker is lost somewhere in the middle, and another takes its place.</summary>
    [Test]
    [Platform("Linux")]
    public async Task Processes_WorkersLostInTheMiddle_EveryResultComesOnceAndInOrder([Values("KILL", "STOP")] string signal)
    {
        var seed = Rounds.Seed();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var cluster = await Clusters.StartAsync(options => options.Processes = 2);
        for (var round = 0; round < Rounds.Count(3); round++)
        {
            var kind = random.GetItems(["map", "fold", "window"], 1)[0];
            var running = cluster.Processes.Where(process => !process.Exit.IsCompleted).ToList();
            var victim = running[random.Next(running.Count)];
            var at = random.Next(Count / 4, 3 * Count / 4);

            var gaps = new ResultGaps();
            var actual = await RunAsync(cluster, kind, at, () => Send(signal, victim.Id), gaps);
            TestContext.Out.WriteLine($"round {round}, {kind}: the longest gap between two results is {gaps.Longest.TotalSeconds:0.00} s");

            using var reference = new LocalCluster(2);
            Assert.That(actual, Is.EqualTo(await RunAsync(reference, kind, at, () => { }, new ResultGaps())), $"seed {seed}, round {round}: {kind}");
            await cluster.EmptyAsync();
            victim.Kill();
            await victim.Exit.Soon();
            await cluster.AddWorkerAsync();
            Assert.That(cluster.Workers, Is.EqualTo(2));
        }
    }

    [Test]
    [Platform("Linux")]
    public async Task Processes_AllLostAtOnceAndOneStarted_TheFoldGoesOnWhereItWas([Values(1, 2)] int count, [Values("KILL", "STOP")] string signal)
    {
        await using var cluster = await Clusters.StartAsync(options => options.Processes = count);
        await using var source = new StreamSource<int>();
        var results = source.Scatter(cluster).Map(x => Slowly(x)).Accumulate((sum, x) => sum + x).Buffer(20).Gather().SinkToList();
        await source.EmitAllAsync(Enumerable.Range(0, 100));

        var lost = cluster.Processes.ToList();
        lost.ForEach(victim => Send(signal, victim.Id));
        var rest = source.EmitAllAsync(Enumerable.Range(100, 100));
        await cluster.AddWorkerAsync();
        await rest;
        await source.CompleteAsync();
        lost.ForEach(victim => victim.Kill());

        Assert.That(results, Is.EqualTo(Enumerable.Range(1, 200).Select(x => x * (x + 1) / 2)));
        await cluster.EmptyAsync();
    }

    [Test]
    [Platform("Linux")]
    public async Task Processes_TwoOfThreeLostOneAfterTheOther_TheFoldGoesOnWhereItWas()
    {
        await using var cluster = await Clusters.StartAsync(options => options.Processes = 3);
        for (var round = 0; round < Rounds.Count(2); round++)
        {
            await using var source = new StreamSource<int>();
            var results = source.Scatter(cluster).Map(x => Slowly(x)).Accumulate((sum, x) => sum + x).Buffer(20).Gather().SinkToList();
            await source.EmitAllAsync(Enumerable.Range(0, 100));
            foreach (var victim in cluster.Processes.Where(process => !process.Exit.IsCompleted).Take(2))
            {
                victim.Kill();
                await source.EmitAllAsync(Enumerable.Range(0, 1 + round));
            }

            await source.CompleteAsync();
            var inputs = Enumerable.Range(0, 100).Concat(Enumerable.Range(0, 1 + round)).Concat(Enumerable.Range(0, 1 + round)).Select(x => x + 1).ToList();
            Assert.That(results, Is.EqualTo(inputs.Select((_, i) => inputs.Take(i + 1).Sum())));
            await cluster.EmptyAsync();
            await cluster.AddWorkerAsync();
            await cluster.AddWorkerAsync();
        }
    }

    [Test]
    [Platform("Linux")]
    public async Task Accumulate_StateIsSaved_LittleIsFoldedAgain()
    {
        await using var cluster = await Clusters.StartAsync(options => options.Processes = 2);
        await using var source = new StreamSource<int>();
        var results = source.Scatter(cluster).Accumulate((sum, x) => sum + x, saveEvery: 10).Buffer(20).Gather().SinkToList();
        for (var x = 0; x < 1_000; x++)
        {
            await source.EmitAsync(x);
            if (x == 800)
            {
                cluster.Processes[0].Kill();
            }
        }

        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(Enumerable.Range(0, 1_000).Select(x => x * (x + 1) / 2)));

        // An element makes four values of a fold; some twenty are under way, and a state is saved every ten.
        Assert.That(cluster.GetSnapshot().Recomputed, Is.LessThan(4 * 150));
    }

    /// <summary>What is lost is as long a chain as elements were folded: to walk it by recursion would end the process.</summary>
    [Test]
    [Platform("Linux")]
    public async Task Accumulate_NothingIsSaved_TheWholeChainIsMadeAgain()
    {
        const int Elements = 20_000;
        await using var cluster = await Clusters.StartAsync(options => options.Processes = 2);
        await using var source = new StreamSource<int>();
        var results = source.Scatter(cluster, new NodeOptions { Capacity = 128 }).Accumulate(0L, (sum, x) => sum + x, saveEvery: int.MaxValue).Buffer(100).Gather().SinkToList();
        await source.EmitAllAsync(Enumerable.Range(0, Elements));

        cluster.Processes[0].Kill();
        cluster.Processes[1].Kill();
        await cluster.AddWorkerAsync();
        await source.EmitAllAsync(Enumerable.Range(Elements, 100));
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(Enumerable.Range(0, Elements + 100).Select(x => x * (x + 1L) / 2)));
        Assert.That(cluster.GetSnapshot().Recomputed, Is.GreaterThan(Elements));
        await cluster.EmptyAsync();
    }

    [Test]
    public async Task Processes_WorkerStartedLate_GetsWork()
    {
        await using var cluster = await Clusters.StartAsync(options => options.Processes = 1);
        await using var source = new StreamSource<int>();
        var results = source.Scatter(cluster).Map(_ => Environment.ProcessId).Buffer(5).Gather().SinkToList();
        await source.EmitAllAsync(Enumerable.Range(0, 20));

        await cluster.AddWorkerAsync();
        await source.EmitAllAsync(Enumerable.Range(0, 20));
        await source.CompleteAsync();

        Assert.That(results.Distinct(), Is.EquivalentTo(cluster.Processes.Select(process => process.Id)));
    }

    /// <summary>In each round a worker of another build joins one of the right build, or the other way about, somewhere in the middle.</summary>
    [Test]
    public async Task Processes_WorkersOfTwoBuilds_TheOtherRefusesByNameAndNothingElseFails()
    {
        using var scratch = new ScratchDirectory();
        string[] builds = [Build(scratch, "ours"), Build(scratch, "theirs")];
        var increment = Assembly.LoadFrom(builds[0]).GetType("Shipped")!.GetMethod("Increment")!.CreateDelegate<Func<int, int>>();
        var seed = Rounds.Seed();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < Rounds.Count(2); round++)
        {
            var first = random.Next(2);
            var at = random.Next(10, 90);
            OrleansLaunchOptions? launch = null;
            await using var cluster = await Clusters.StartAsync(options =>
            {
                options.Processes = 1;
                options.Program = Clusters.WorkerProgram("--load", builds[first]);
                options.TrustedAssemblies.Add("Shipped");
                launch = options;
            });
            await using var source = new StreamSource<int>();
            var letters = new DeadLetterQueue();
            var refused = letters.SinkToList();
            var results = source.Scatter(cluster).Map(increment).Buffer(4).Gather(new() { OnError = ErrorPolicy.DeadLetter(letters) }).SinkToList();

            await source.EmitAllAsync(Enumerable.Range(0, at));
            launch!.Program = Clusters.WorkerProgram("--load", builds[1 - first]);
            await cluster.AddWorkerAsync();
            await source.EmitAllAsync(Enumerable.Range(at, 100));
            await source.CompleteAsync();

            var context = $"seed {seed}, round {round}: {at} to {(first == 0 ? "ours" : "theirs")}";
            Assert.That(results, Is.Ordered.And.Not.Empty, context);
            Assert.That(results.Count + refused.Count, Is.EqualTo(at + 100), context);
            Assert.That(refused, Is.Not.Empty, context);
            Assert.That(refused.Select(letter => letter.Exception.ToString()), Has.All.Contains("the worker runs a different build of Shipped").And.All.Contains("Shipped.Increment"), context);
            await cluster.EmptyAsync();
        }

        static string Build(ScratchDirectory scratch, string folder)
        {
            var file = scratch.PathTo($"{folder}/Shipped.dll");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var source = $"public static class Shipped {{ public const string Build = \"{folder}\"; public static int Increment(int x) => x + 1; }}";
            var compilation = CSharpCompilation.Create(
                "Shipped", [CSharpSyntaxTree.ParseText(source)], [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)], new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, deterministic: true));
            Assert.That(compilation.Emit(file).Success);
            return file;
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

    private static async Task<List<int>> RunAsync(ICluster cluster, string kind, int at, Action harm, ResultGaps gaps)
    {
        await using var source = new StreamSource<int>();
        var scattered = source.Scatter(cluster).Map(x => Slowly(x));
        var gathered = (kind switch
        {
            "map" => scattered,
            "fold" => scattered.Accumulate((sum, x) => sum + x, saveEvery: 20),
            _ => scattered.SlidingWindow(4).Map(window => window.Sum()),
        }).Buffer(20).Gather();
        gathered.Sink(_ => gaps.Note());
        var results = gathered.SinkToList();
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

    private static ActivityListener? s_listener;

    private static ActivityListener Listening()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Streamz.Dataflow",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed record JsonPoint(int X, int Y);

    private static int Slowly(int x)
    {
        Thread.Sleep(1);
        return x + 1;
    }

    private static int Deadly()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        return 0;
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

/// <summary>How often to repeat what is random: STREAMZ_STRESS_ROUNDS asks for more, STREAMZ_STRESS_SEED for the same again.</summary>
internal static class Rounds
{
    public static int Seed() => Number("STREAMZ_STRESS_SEED") ?? Random.Shared.Next();

    public static int Count(int usual) => Number("STREAMZ_STRESS_ROUNDS") ?? usual;

    private static int? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null;
}
