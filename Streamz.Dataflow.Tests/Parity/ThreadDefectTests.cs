using System.Collections.Concurrent;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>Defects of streamz in threads, parallelism and order.</summary>
[TestFixture]
public sealed class ThreadDefectTests
{
    [Test]
    [Defect("D9")]
    public async Task Emit_FromEightThreads_NoneFails()
    {
        var source = new StreamSource<int>();
        source.Map(x => x + 1).Sink(async _ => await Task.Yield());
        var sum = source.Scan((total, x) => total + x).SinkToList();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < 60; i++)
                {
                    source.Emit((thread * 60) + i);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(sum, Has.Count.EqualTo(480));
        Assert.That(sum[^1], Is.EqualTo(479 * 480 / 2));
    }

    [Test]
    [Defect("D10")]
    public async Task Accumulate_FourThreadsEmit_LosesNothing()
    {
        var source = new StreamSource<int>();
        var last = 0;
        source.Accumulate(0, (sum, x) => sum + x).Sink(sum => last = sum);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await source.EmitAllAsync(Enumerable.Repeat(1, 50_000))))).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(last, Is.EqualTo(200_000));
    }

    [Test]
    [Defect("D11")]
    public async Task Emit_FromThePipelinesOwnThread_IsRefused()
    {
        var source = new StreamSource<int>(new StreamOptions { RunOn = RunOn.DedicatedThread() });
        var refusals = new List<Exception>();
        source.Sink(x =>
        {
            try
            {
                source.Emit(x);
            }
            catch (InvalidOperationException refused)
            {
                refusals.Add(refused);
            }
        });

        await source.DeliverAsync(1).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(refusals.Single().Message, Does.Contain("EmitAsync"));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(4)]
    [Defect("D23")]
    public async Task MapAsync_Parallel_RunsExactlyThatMany(int parallelism)
    {
        var writer = new GatedWriter<int>();
        var source = new StreamSource<int>();
        var results = source.MapAsync(writer.CallAsync, parallelism).SinkToList();
        var pipeline = source.Start();

        var emits = source.EmitTogetherAsync(Enumerable.Range(0, 20));
        for (var finished = 0; finished < 20; finished++)
        {
            var expected = Math.Min(finished + parallelism, 20);
            Assert.That(SpinWait.SpinUntil(() => writer.Started.Count >= expected, TimeSpan.FromSeconds(20)), "As many as asked for run at once.");
            await pipeline.SettleAsync().Soon();
            Assert.That(writer.Started, Has.Count.EqualTo(expected));
            writer.Finish();
        }

        await emits.Soon();
        await source.CompleteAsync().Soon();
        Assert.That(results, Is.EqualTo(Enumerable.Range(0, 20)));
    }

    [Test]
    [Defect("D24")]
    public async Task Source_ToldWhereToRun_RunsThere()
    {
        var threads = new ConcurrentBag<string?>();
        var pipeline = StreamSource.FromEnumerable(Named(), new StreamOptions { RunOn = RunOn.DedicatedThread("its own") })
            .Map(async x =>
            {
                await Task.Yield();
                threads.Add(Thread.CurrentThread.Name);
                return x;
            })
            .Partition(1, TimeSpan.FromDays(1))
            .Sink(_ => threads.Add(Thread.CurrentThread.Name)).Start();

        await pipeline.Completion.Soon();

        Assert.That(threads, Has.Count.EqualTo(4).And.All.EqualTo("its own"));

        IEnumerable<int> Named()
        {
            threads.Add(Thread.CurrentThread.Name);
            yield return 1;
            threads.Add(Thread.CurrentThread.Name);
        }
    }

    [Test]
    [Defect("D25")]
    public async Task Connect_DifferentSettings_AreRefused()
    {
        var a = new StreamSource<int>(new StreamOptions { Capacity = 1 });
        var b = new StreamSource<int>(new StreamOptions { Capacity = 2 });
        var union = a.Union(b);
        Assert.That(() => union.Start(), Throws.TypeOf<PipelineValidationException>().With.Message.Contains("StreamOptions"));

        var running = new StreamSource<int>();
        running.SinkToList();
        await using var pipeline = running.Start();
        Assert.That(() => new StreamSource<int>().Connect(running), Throws.InvalidOperationException.With.Message.Contains("running"));

        IStream text = new StreamSource<string>();
        Assert.That(() => new StreamSource<int>().Connect(text), Throws.ArgumentException.With.Message.Contains("Map"));
    }

    [Test]
    [Defect("D35")]
    public async Task EmitAsync_NotAwaited_KeepsTheOrder()
    {
        var source = new StreamSource<int>();
        var started = new List<int>();
        var finished = new List<int>();
        source.Sink(async x =>
        {
            started.Add(x);
            for (var i = 0; i < 7 - (x % 7); i++)
            {
                await Task.Yield();
            }

            finished.Add(x);
        });

        var emits = Enumerable.Range(0, 200).Select(x => source.EmitAsync(x).AsTask()).ToList();
        await Task.WhenAll(emits).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(started, Is.EqualTo(Enumerable.Range(0, 200)));
        Assert.That(finished, Is.EqualTo(Enumerable.Range(0, 200)));
    }

    [Test]
    [Defect("D38")]
    public async Task Pipeline_AnotherIsBlocked_GoesOn()
    {
        using var release = new ManualResetEventSlim();
        var slow = new StreamSource<int>(new StreamOptions { RunOn = RunOn.DedicatedThread() });
        var entered = new TaskCompletionSource();
        slow.Sink(_ =>
        {
            entered.SetResult();
            release.Wait();
        });
        await slow.EmitAsync(1).Soon();
        await entered.Task.Soon();

        var other = new StreamSource<int>(new StreamOptions { RunOn = RunOn.DedicatedThread() });
        var results = other.Map(x => x + 1).SinkToList();
        await other.EmitAllAsync(Enumerable.Range(0, 100)).Soon();
        await other.CompleteAsync().Soon();
        Assert.That(results, Has.Count.EqualTo(100));

        release.Set();
        await slow.CompleteAsync().Soon();
    }
}
