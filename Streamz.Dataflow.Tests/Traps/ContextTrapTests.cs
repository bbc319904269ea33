using System.Collections.Concurrent;
using System.Diagnostics;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Traps;

/// <summary>Traps 22 to 25: contexts, exceptions and schedulers of TPL Dataflow.</summary>
[TestFixture]
public sealed class ContextTrapTests
{
    private static readonly AsyncLocal<string?> s_tenant = new();

    [TestCase(1)]
    [TestCase(4)]
    [Trap(22)]
    public async Task Element_OfManyEmitters_HasItsOwnTrace(int parallelism)
    {
        using var recorder = new TraceRecorder();
        var seen = new ConcurrentDictionary<int, ActivityTraceId>();
        var source = new StreamSource<int>();
        source.Map(x => x).Buffer(16).MapAsync(
            async x =>
            {
                await Task.Yield();
                seen[x] = Activity.Current!.TraceId;
                return x;
            },
            parallelism).Partition(10).Sink(_ => { });

        var emitted = new ConcurrentDictionary<int, ActivityTraceId>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(emitter => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                var x = (emitter * 100) + i;
                emitted[x] = await TraceRecorder.UnderNewTraceAsync(() => source.EmitAsync(x).AsTask());
            }
        }))).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(seen, Has.Count.EqualTo(400));
        Assert.That(seen.Where(each => emitted[each.Key] != each.Value), Is.Empty);
    }

    [TestCase(1)]
    [TestCase(4)]
    [Trap(22)]
    public async Task Delegate_OfManyEmitters_SeesNoneOfTheirLocals(int parallelism)
    {
        var seen = new ConcurrentBag<string?>();
        var source = new StreamSource<int>();
        source.Map(Look).MapAsync(
            async x =>
            {
                await Task.Yield();
                return Look(x);
            },
            parallelism).Buffer(4).Sink(x => Look(x));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(emitter => Task.Run(async () =>
        {
            s_tenant.Value = $"tenant {emitter}";
            await source.EmitAllAsync(Enumerable.Range(0, 100));
        }))).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(seen, Has.Count.EqualTo(1200).And.All.Null);

        int Look(int x)
        {
            seen.Add(s_tenant.Value);
            return x;
        }
    }

    [Test]
    [Trap(23)]
    public async Task Fault_BehindManyBlocks_CarriesNeitherDataNorNests()
    {
        var source = new StreamSource<Secret>();
        Stream<Secret> stream = source;
        for (var i = 0; i < 5; i++)
        {
            stream = stream.Buffer(1);
        }

        stream.Sink(_ => throw new InvalidDataException("bad"));
        var pipeline = source.Start();
        await source.EmitAsync(new Secret()).Soon();

        var failure = Assert.ThrowsAsync<NodeFailedException>(async () => await pipeline.Completion.Soon());
        Assert.That(failure!.InnerException, Is.TypeOf<InvalidDataException>());
        Assert.That(failure.InnerException!.InnerException, Is.Null);
        Assert.That(failure.Data, Is.Empty);
        Assert.That(failure.InnerException.Data, Is.Empty);
        Assert.That(pipeline.Completion.Exception!.InnerExceptions, Has.Count.EqualTo(1));
    }

    [Test]
    [Trap(24)]
    public async Task Scheduler_Limited_IsSharedBetweenPipelines()
    {
        var shared = RunOn.Scheduler(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, 1).ExclusiveScheduler);
        using var filled = new ManualResetEventSlim();
        var processed = 0;
        var processedAtOther = -1;
        var other = new StreamSource<int>(new StreamOptions { RunOn = shared });
        other.Sink(_ => processedAtOther = processed);
        other.Start();
        var busy = new StreamSource<int>(new StreamOptions { RunOn = shared });
        busy.Sink(_ =>
        {
            if (processed == 0)
            {
                filled.Wait();
            }

            if (++processed == 200)
            {
                other.TryEmit(1);
            }
        });

        var emits = Enumerable.Range(0, 5000).Select(x => busy.EmitAsync(x).AsTask()).ToList();
        filled.Set();
        await Task.WhenAll(emits).Soon();
        await busy.CompleteAsync().Soon();
        await other.CompleteAsync().Soon();

        Assert.That(processedAtOther, Is.InRange(200, 1000), "The other pipeline gets its turn after a few chunks.");
    }

    [Test]
    [Trap(25)]
    public async Task Scheduler_Given_HoldsBehindEveryAwait()
    {
        var threads = new ConcurrentBag<string?>();
        var source = new StreamSource<int>(new StreamOptions { RunOn = RunOn.DedicatedThread("the one") });
        source.Map(async x =>
        {
            Note();
            await Task.Yield();
            Note();
            await Task.Delay(1);
            Note();
            return x;
        }).Map(x => x).Buffer(2).Sink(async _ =>
        {
            Note();
            await Task.Yield();
            Note();
        });

        await source.EmitAllAsync(Enumerable.Range(0, 10)).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(threads, Has.Count.EqualTo(50).And.All.EqualTo("the one"));

        void Note() => threads.Add(Thread.CurrentThread.Name);
    }

    private sealed class Secret
    {
        public override string ToString() => throw new InvalidOperationException("Nobody may write elements into exceptions.");
    }
}
