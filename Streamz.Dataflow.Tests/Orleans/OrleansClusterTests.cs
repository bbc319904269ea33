using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>Pipelines on one silo in this process.</summary>
[CancelAfter(60_000)]
public sealed class OrleansClusterTests
{
    private OrleansCluster _cluster = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _cluster = await Clusters.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _cluster.DisposeAsync();

    [TearDown]
    public Task NothingIsLeftAsync() => _cluster.EmptyAsync();

    [Test]
    public async Task Cluster_ScatterMapBufferGather_GivesResultsInOrder([Values] bool askAhead)
    {
        await using var source = new StreamSource<int>();
        var results = source.Scatter(_cluster).Map(x => x + 1).Buffer(5).Gather(askAhead: askAhead).SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 500));
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(Enumerable.Range(1, 500)));
    }

    [Test]
    public async Task Cluster_GatherUnordered_GivesAllResults()
    {
        await using var source = new StreamSource<int>();
        var results = source.Scatter(_cluster).Map(x => x + 1).Buffer(5).GatherUnordered(8).SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 500));
        await source.CompleteAsync();

        Assert.That(results, Is.EquivalentTo(Enumerable.Range(1, 500)));
    }

    [Test]
    public async Task Functions_OfPipelinesThatAreGone_AreForgottenWithWhatTheyCapture()
    {
        await RunAsync(1);
        Assert.That(Copied.Made(1), Is.EqualTo(2), "The one that was captured, and the worker's own.");

        // Each further pipeline has a function of its own, with which the worker is told what to forget.
        for (var attempt = 2; Copied.IsThereAny(1); attempt++)
        {
            Assert.That(attempt, Is.LessThan(50), "The worker keeps what nobody can name.");
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await RunAsync(attempt);
            GC.Collect();
        }

        async Task RunAsync(int number)
        {
            await using var source = new StreamSource<int>();
            var captured = new Copied { Number = number };
            var results = source.Scatter(_cluster).Map(x => x + captured.Number).Gather().SinkToList();
            await source.EmitAsync(1);
            await source.CompleteAsync();
            Assert.That(results, Is.EqualTo(new[] { 1 + number }));
        }
    }

    [TestCaseSource(nameof(Operators))]
    public async Task Cluster_EveryOperator_GivesWhatTheLocalClusterGives(string name, Func<StreamSource<int>, ICluster, Stream<string>> build)
    {
        TestMode.LeaveOutTwoWays(name is "CombineLatest" or "Union");
        var expected = await RunAsync(new LocalCluster(workers: 2, new LocalClusterOptions { ShareReferences = true }));
        var actual = await RunAsync(_cluster);

        Assert.That(expected, Is.Not.Empty, name);
        Assert.That(actual, Is.EqualTo(expected));

        async Task<IReadOnlyList<string>> RunAsync(ICluster cluster)
        {
            await using var source = new StreamSource<int>();
            var results = build(source, cluster).SinkToList();
            await source.EmitAllAsync(Enumerable.Range(0, 40));
            await source.CompleteAsync();
            return [.. results];
        }
    }

    public static IEnumerable<TestCaseData> Operators()
    {
        yield return Case("Map", (source, cluster) => source.Scatter(cluster).Map(x => $"{x}").Gather());
        yield return Case("MapWithState", (source, cluster) => source.Scatter(cluster).Map(7, static (state, x) => $"{state + x}").Gather());
        yield return Case("MapAsync", (source, cluster) => source.Scatter(cluster).Map(async x =>
        {
            await Task.Yield();
            return $"{x}";
        }).Buffer(4).Gather());
        yield return Case("MapChain", (source, cluster) => source.Scatter(cluster).Map(x => x + 1).Map(x => x * 2).Map(x => $"{x}").Buffer(4).Gather());
        yield return Case("StarMap", (source, cluster) => source.Map(x => (x, x + 1)).Scatter(cluster).StarMap((x, y) => $"{x} {y}").Gather());
        yield return Case("Filter", (source, cluster) => source.Scatter(cluster).Filter(x => x % 3 == 0).Map(x => $"{x}").Gather());
        yield return Case("Accumulate", (source, cluster) => source.Scatter(cluster).Accumulate((sum, x) => sum + x, saveEvery: 7).Map(x => $"{x}").Buffer(3).Gather());
        yield return Case("AccumulateSeed", (source, cluster) => source.Scatter(cluster).Accumulate("", (text, x) => text + x, saveEvery: 3).Buffer(3).Gather());
        yield return Case("AccumulateResult", (source, cluster) => source.Scatter(cluster).Accumulate(0, (sum, x) => (State: sum + x, Result: $"{sum}")).Gather());
        yield return Case("Partition", (source, cluster) => source.Scatter(cluster).Partition(7).Map(list => string.Join(' ', list)).Gather());
        yield return Case("SlidingWindow", (source, cluster) => source.Scatter(cluster).SlidingWindow(3).Map(list => string.Join(' ', list)).Buffer(4).Gather());
        yield return Case("Flatten", (source, cluster) => source.Scatter(cluster).Partition(4).Flatten().Map(x => $"{x}").Buffer(4).Gather());
        yield return Case("Unique", (source, cluster) => source.Scatter(cluster).Unique(x => x % 5).Map(x => $"{x}").Gather());
        yield return Case("Zip", (source, cluster) =>
        {
            var scattered = source.Scatter(cluster);
            return scattered.Zip(scattered.Map(x => 10 * x), scattered.Map(x => 100 * x)).StarMap((x, y, z) => $"{x} {y} {z}").Buffer(4).Gather();
        });
        yield return Case("CombineLatest", (source, cluster) =>
        {
            var scattered = source.Scatter(cluster);
            return scattered.CombineLatest(scattered.Map(x => x * 2)).StarMap((x, y) => $"{x} {y}").Gather();
        });
        yield return Case("Union", (source, cluster) =>
        {
            var scattered = source.Scatter(cluster);
            return scattered.Union(scattered.Map(x => -x)).Map(x => $"{x}").Buffer(4).Gather();
        });
        yield return Case("ZipLatest", (source, cluster) => source.Scatter(cluster).ZipLatest(source.Map(_ => 7).Take(1).Scatter(cluster)).StarMap((x, y) => $"{x} {y}").Gather());
        yield return Case("TwoGathersOfOneValue", (source, cluster) =>
        {
            var made = source.Scatter(cluster).Map(x => $"{x}");
            return made.Gather().Zip(made.Map(x => x + "!").Gather()).StarMap((x, y) => $"{x} {y}");
        });

        static TestCaseData Case(string name, Func<StreamSource<int>, ICluster, Stream<string>> build) => new TestCaseData(name, build).SetArgDisplayNames(name);
    }

    [Test]
    public async Task Cluster_FunctionFails_NamesFunctionAndWorkerAndStops()
    {
        await using var source = new StreamSource<int>();
        var results = source.Scatter(_cluster).Map(x => 10 / x, new() { Name = "divide" }).Buffer(5).Gather().SinkToList();

        await source.EmitAsync(5);
        var fault = Assert.ThrowsAsync<NodeFailedException>(async () => await source.DeliverAsync(0))!;

        Assert.That(fault.NodeName, Is.EqualTo("gather"));
        Assert.That(fault.InnerException, Is.TypeOf<ClusterTaskException>().With.Message.Contains("'divide' failed on"));
        Assert.That(fault.InnerException!.InnerException, Is.TypeOf<DivideByZeroException>());
        Assert.That(results, Is.EqualTo(new[] { 2 }));
        await source.DisposeAsync();
    }

    [Test]
    public async Task Cluster_FunctionFailsWithSkip_TheOthersGoOnAndTheStateIsKept()
    {
        await using var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.Scatter(_cluster)
            .Map(x => x != 1 ? x : throw new InvalidOperationException("the first"))
            .Accumulate(0, (sum, x) => x != 4 ? sum + x : throw new InvalidOperationException("in the middle"))
            .Buffer(2).Gather().SinkToList();

        await source.EmitAllAsync([1, 2, 3, 4, 5]);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { 2, 5, 10 }));
    }

    [Test]
    public async Task Deliver_CompletesOnlyWhenTheClusterHasFinished()
    {
        await using var source = new StreamSource<int>();
        source.Scatter(_cluster).Map(x =>
        {
            Gates.Wait();
            return x;
        }).Gather().Sink(_ => { });
        var pipeline = source.Start();

        Gates.Close();
        var delivery = source.DeliverAsync(1);
        await pipeline.SettleAsync().Soon();
        Assert.That(delivery.IsCompleted, Is.False);
        Gates.Open();

        Assert.That(await delivery.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Stop_WithAFunctionRunning_AbandonsAtTheDeadlineAndCallsItOff()
    {
        Gates.CalledOff = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = new StreamSource<int>();
        source.Scatter(_cluster)
            .Map(async (int x, CancellationToken aborted) =>
            {
                try
                {
                    await Task.Delay(Timeout.Infinite, aborted);
                }
                catch (OperationCanceledException)
                {
                    Gates.CalledOff!.TrySetResult();
                    throw;
                }

                return x;
            })
            .Gather().Sink(_ => { });
        var pipeline = source.Start();
        var delivery = source.DeliverAsync(1);
        while (_cluster.GetSnapshot().Workers[0].Running == 0)
        {
            await Task.Yield();
        }

        await pipeline.StopAsync(TimeSpan.Zero);

        Assert.That(async () => await delivery, Throws.TypeOf<ElementAbandonedException>());
        await Gates.CalledOff.Task.Soon();
    }

    [Test]
    public async Task Values_ThatAreDroppedOrOvertaken_AreReleased()
    {
        await using var source = new StreamSource<int>();
        var scattered = source.Scatter(_cluster).Map(x => new byte[100 + x]);
        var latest = scattered.Latest().Map(x => x.Length).Gather().SinkToList();
        scattered.Map(x => x.Length).Filter(length => length < 0).Gather().Sink(_ => { });
        scattered.CombineLatest(scattered).StarMap((x, y) => x.Length + y.Length).Gather().Sink(_ => { });

        await source.EmitAllAsync(Enumerable.Range(0, 200));
        await source.CompleteAsync();

        Assert.That(latest[^1], Is.EqualTo(299));
    }

    [Test]
    public async Task Scatter_WithoutRoom_WaitsUntilValuesAreReleased()
    {
        await using var cluster = await Clusters.StartAsync(options => options.Cluster.MaxBytesPerWorker = 1_000);
        await using var source = new StreamSource<byte[]>();
        Gates.Close();
        var results = source.Scatter(cluster).Map(x =>
        {
            Gates.Wait();
            return x.Length;
        }).Buffer(100).Gather().SinkToList();
        var pipeline = results.Start();

        var emits = Enumerable.Range(0, 10).Select(_ => source.EmitAsync(new byte[400]).AsTask()).ToList();
        await pipeline.SettleAsync().Soon();

        Assert.That(cluster.GetSnapshot().Workers[0].Bytes, Is.EqualTo(1_200));
        Gates.Open();
        await Task.WhenAll(emits).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(results, Has.Count.EqualTo(10));
        await cluster.EmptyAsync();
    }

    /// <summary>An input is let go of when what is made of it is there, of which nobody may be told.</summary>
    [Test]
    public async Task Scatter_WithoutRoom_WaitsUntilFunctionsHaveEnded([Values] bool isBuffered)
    {
        await using var cluster = await Clusters.StartAsync(options => (options.Cluster.MaxBytesPerWorker, options.ThreadsPerWorker) = (1_000, 1));
        await using var source = new StreamSource<byte[]>();
        Gates.Close();
        var scattered = source.Scatter(cluster);

        // Behind a buffer the workers may be full before the fold begins, and its state must find room all the same.
        (isBuffered ? scattered.Buffer(4) : scattered).Accumulate(0, static (sum, x) =>
        {
            Gates.Wait();
            return sum + x.Length;
        });
        var pipeline = source.Start();

        var emits = source.EmitAllAsync(Enumerable.Range(0, 6).Select(_ => new byte[800])).AsTask();
        await pipeline.SettleAsync().Soon();
        var bytes = cluster.GetSnapshot().Workers[0].Bytes;
        Gates.Open();

        Assert.That(bytes, Is.LessThan(3 * 800));
        await emits.Soon();
        await source.CompleteAsync().Soon();
        await cluster.EmptyAsync();
    }

    [Test]
    public async Task Map_CapturedValue_IsCopiedWhenTheGraphIsBuilt()
    {
        await using var source = new StreamSource<int>();
        var factors = new List<int> { 2, 3 };
        var results = source.Scatter(_cluster).Map(x => factors.Sum() * x).Gather().SinkToList();

        factors.Add(100);
        await source.EmitAllAsync([1, 2]);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { 5, 10 }));
    }

    [Test]
    public void Map_CapturedValueThatCannotTravel_IsRefusedNamingIt()
    {
        var source = new StreamSource<int>();
        using var open = new SemaphoreSlim(0);
        var scattered = source.Scatter(_cluster);

        Assert.That(
            () => scattered.Map(x =>
            {
                open.Wait();
                return x;
            }, new() { Name = "wait for it" }),
            Throws.ArgumentException.With.Message.Contains("wait for it").And.Message.Contains("open").And.Message.Contains("SemaphoreSlim"));
    }

    [Test]
    public void Start_TypeThatCannotTravel_IsReportedWithAllOthers()
    {
        using var local = new StrictCluster(_cluster);
        var source = new StreamSource<int>();
        source.Scatter(local).Map(x => new Uncoded(x)).Map(x => new Uncoded(x.Number)).Map(x => x.Number).Gather().Sink(_ => { });

        Assert.That(
            source.Start,
            Throws.TypeOf<PipelineValidationException>().With.Message.Contains("new Uncoded(x)").And.Message.Contains("new Uncoded(x.Number)").And.Message.Contains("GenerateSerializer"));
    }

    [Test]
    public async Task Cluster_ElementOfATrace_ItsFunctionIsPartOfIt()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Streamz.Dataflow" or "test",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var tests = new ActivitySource("test");
        await using var source = new StreamSource<int>();
        source.Scatter(_cluster).Map(x => x + 1, new() { Name = "increment it" }).Gather().Sink(_ => { });
        using (var request = tests.StartActivity("request")!)
        {
            await source.DeliverAsync(1);
            await source.CompleteAsync();

            var ours = spans.Where(span => span.TraceId == request.TraceId).ToList();
            var call = ours.Single(span => span.GetTagItem("streamz.worker") is not null);
            Assert.That(call.OperationName, Is.EqualTo("increment it"));
            Assert.That(call.HasRemoteParent);
            Assert.That(ours.Select(span => span.SpanId), Has.Member(call.ParentSpanId));
        }
    }

    /// <summary>What listens to activities and what exceptions say of themselves is code of the user's, which runs on a thread of the worker.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public async Task Cluster_TracingOfAnElementFails_FailsThatElementOnly(bool isListener)
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Streamz.Dataflow" or "test",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (isListener && span.GetTagItem("streamz.worker") is not null)
                {
                    throw new NotSupportedException("not listening");
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var tests = new ActivitySource("test");
        await using var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.Scatter(_cluster).Map(x => x == 1 ? throw new UnreadableException() : x).Gather().SinkToList();
        using (tests.StartActivity("request")!)
        {
            await source.DeliverAsync(1);
        }

        await source.DeliverAsync(2);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { 2 }));
        Assert.That(_cluster.Workers, Is.EqualTo(1));
    }

    [Test]
    public async Task Submit_CalledOffBefore_IsNotRun()
    {
        var value = await _cluster.ScatterAsync(1, CancellationToken.None);
        var called = Gates.Calls;
        var result = _cluster.Submit(new ClusterFunction<int, int>("called off", static (x, _) => new ValueTask<int>(Gates.Call(x))), value, new CancellationToken(canceled: true));

        Assert.That(async () => await _cluster.GatherAsync(result, CancellationToken.None), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Gates.Calls, Is.EqualTo(called));
        result.Release();
        value.Release();
    }

    [Test]
    public async Task Cluster_Metrics_TellOfWorkers()
    {
        var seen = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name.StartsWith("streamz.cluster.", StringComparison.Ordinal))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = Math.Max(value, seen.GetValueOrDefault(instrument.Name)));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => seen[instrument.Name] = Math.Max(value, seen.GetValueOrDefault(instrument.Name)));
        listener.Start();
        await using var source = new StreamSource<int>();
        source.Scatter(_cluster).Map(x => x + 1).Gather().Sink(_ => { });
        await source.DeliverAsync(1);
        await source.CompleteAsync();

        listener.RecordObservableInstruments();

        Assert.That(seen.Keys, Is.EquivalentTo(new[]
        {
            "streamz.cluster.workers", "streamz.cluster.recomputed", "streamz.cluster.worker.values", "streamz.cluster.worker.size",
            "streamz.cluster.worker.queued", "streamz.cluster.worker.running", "streamz.cluster.worker.completed",
        }));
        Assert.That(seen["streamz.cluster.workers"], Is.GreaterThanOrEqualTo(1));
        Assert.That(seen["streamz.cluster.worker.completed"], Is.GreaterThanOrEqualTo(1));
    }

    [Test]
    public async Task Cluster_Disposed_FailsWhatComes()
    {
        var cluster = await Clusters.StartAsync();
        await using var source = new StreamSource<int>();
        source.Scatter(cluster).Map(x => x).Gather().Sink(_ => { });
        await source.DeliverAsync(1);

        await cluster.DisposeAsync();

        var fault = Assert.ThrowsAsync<NodeFailedException>(() => source.DeliverAsync(2))!;
        Assert.That(fault.InnerException, Is.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Start_WrongSettings_AreAllNamed()
    {
        var refused = Assert.ThrowsAsync<ArgumentException>(() => OrleansCluster.StartAsync(options =>
        {
            options.Processes = -1;
            options.ThreadsPerWorker = 0;
            options.Cluster.MaxBytesPerWorker = 0;
        }))!;

        Assert.That(refused.Message, Does.Contain("Processes is -1").And.Contain("ThreadsPerWorker is 0").And.Contain("MaxBytesPerWorker is 0"));
    }

    [Test]
    public void Start_ProgramThatIsNoWorker_IsRefusedWithWhatItHasWritten()
    {
        var refused = Assert.ThrowsAsync<ClusterUnavailableException>(() => Clusters.StartAsync(options =>
        {
            options.Processes = 1;
            options.Program = ["dotnet", "--no-such-option"];
        }))!;

        Assert.That(refused.Message, Does.Contain("StreamzWorker.RunAsync"));
    }

    /// <summary>Each of its workers would start workers, without end.</summary>
    [Test]
    public void Start_ProgramThatForgetsItsRole_IsRefusedWithTheCure()
    {
        var refused = Assert.ThrowsAsync<ClusterUnavailableException>(() => Clusters.StartAsync(options =>
        {
            options.Processes = 1;
            options.Program = Clusters.WorkerProgram("forgetful");
        }))!;

        Assert.That(refused.Message, Does.Contain("started as a worker").And.Contain("if (StreamzWorker.IsWorker(args))"));
    }

    private sealed record Uncoded(int Number);

    private sealed class UnreadableException : Exception
    {
        public override string Message => throw new NotSupportedException("no message");
    }

    /// <summary>A cluster in this process that objects to types as one in others does.</summary>
    private sealed class StrictCluster(OrleansCluster inner) : ICluster, IDisposable
    {
        public string? Objection(Type type) => inner.Coordinator.Values.Objection(type);

        public ValueTask<ClusterValue<T>> ScatterAsync<T>(T value, CancellationToken cancellationToken) => inner.ScatterAsync(value, cancellationToken);

        public ClusterValue<TResult> Submit<T, TResult>(ClusterFunction<T, TResult> function, ClusterValue<T> value, CancellationToken cancellationToken) =>
            inner.Submit(function, value, cancellationToken);

        public ClusterValue<TResult> Submit<T1, T2, TResult>(ClusterFunction<T1, T2, TResult> function, ClusterValue<T1> first, ClusterValue<T2> second, CancellationToken cancellationToken) =>
            inner.Submit(function, first, second, cancellationToken);

        public ClusterValue<IReadOnlyList<T>> Collect<T>(IReadOnlyList<ClusterValue<T>> values) => inner.Collect(values);

        public ClusterValue<T> OrElse<T>(ClusterValue<T> value, ClusterValue<T> otherwise) => inner.OrElse(value, otherwise);

        public ClusterValue<T> Item<T>(ClusterValue<IReadOnlyList<T>> list, int index) => inner.Item(list, index);

        public ValueTask<T> GatherAsync<T>(ClusterValue<T> value, CancellationToken cancellationToken) => inner.GatherAsync(value, cancellationToken);

        public void Dispose()
        {
        }
    }
}

/// <summary>What functions on workers in this process wait for: they cannot capture it.</summary>
internal static class Gates
{
    private static readonly ManualResetEventSlim s_open = new(initialState: true);

    public static TaskCompletionSource? CalledOff { get; set; }

    public static int Calls { get; private set; }

    public static int Call(int x)
    {
        Calls++;
        return x;
    }

    public static void Wait() => s_open.Wait(TimeSpan.FromSeconds(30));

    public static void Open() => s_open.Set();

    public static void Close() => s_open.Reset();
}
