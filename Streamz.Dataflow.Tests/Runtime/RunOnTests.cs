using System.Collections.Concurrent;

namespace Streamz.Dataflow.Tests.Runtime;

[TestFixture]
[CancelAfter(30_000)]
internal sealed class RunOnTests
{
    [Test]
    public async Task DedicatedThread_AllDelegates_RunOnItAndItEndsWithThePipeline()
    {
        var threads = new ConcurrentBag<Thread>();
        var source = new StreamSource<int>(new StreamOptions { RunOn = RunOn.DedicatedThread() });
        BuildPipeline(source, () => threads.Add(Thread.CurrentThread));
        var pipeline = source.Start();
        await source.EmitAllAsync(Enumerable.Range(0, 5)).Soon();
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();
        var thread = threads.Distinct().Single();
        Assert.That(thread.Join(Waiting.Limit), Is.True);
    }

    [Test]
    public async Task Scheduler_ThatRunsSeveralTasks_GetsAllDelegatesOneAtATime()
    {
        var scheduler = new MarkingScheduler();
        var stretches = new Stretches();
        var strays = 0;
        var source = new StreamSource<int>(new StreamOptions { RunOn = RunOn.Scheduler(scheduler) });
        BuildPipeline(source, () => stretches.Run(() =>
        {
            if (!MarkingScheduler.IsCurrent)
            {
                Interlocked.Increment(ref strays);
            }
        }));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await source.EmitAllAsync(Enumerable.Range(0, 50))))).Soon();
        await source.CompleteAsync().Soon();
        Assert.That((strays, stretches.Overlaps), Is.EqualTo((0, 0)));
        Assert.That(stretches.Count, Is.GreaterThanOrEqualTo(200 * 5));
    }

    [Test]
    public async Task Context_Given_GetsAllDelegates()
    {
        using var loop = new EventLoop();
        var there = new ConcurrentBag<bool>();
        var source = new StreamSource<int>(new StreamOptions { RunOn = RunOn.Context(loop) });
        BuildPipeline(source, () => there.Add(loop.IsCurrent));
        await source.EmitAllAsync(Enumerable.Range(0, 20)).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(there, Is.Not.Empty.And.All.True);
    }

    [Test]
    public async Task CurrentContext_StartedOnAnEventLoop_RunsThere()
    {
        using var loop = new EventLoop();
        var there = new ConcurrentBag<bool>();
        var source = new StreamSource<int>(new StreamOptions { RunOn = RunOn.CurrentContext });
        BuildPipeline(source, () => there.Add(loop.IsCurrent));
        await loop.RunAsync(() => source.Start()).Soon();
        await source.EmitAllAsync(Enumerable.Range(0, 20)).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(there, Is.Not.Empty.And.All.True);
    }

    [Test]
    public async Task CurrentContext_ThereIsNone_IsRefusedAtTheStartAndAtTheFirstEmit()
    {
        var source = new StreamSource<int>(new StreamOptions { RunOn = RunOn.CurrentContext });
        source.SinkToList();
        await Task.Factory.StartNew(
            () =>
            {
                Assert.That(() => source.Start(), Throws.TypeOf<PipelineValidationException>().With.Message.Contains("SynchronizationContext"));
                Assert.That(() => source.TryEmit(1), Throws.TypeOf<PipelineValidationException>());
            },
            CancellationToken.None,
            TaskCreationOptions.None,
            TaskScheduler.Default).Soon();
    }

    [Test]
    public void Map_ParallelAndSynchronousOnOneThread_IsRefusedAtTheStart()
    {
        foreach (var runOn in new[] { RunOn.DedicatedThread(), RunOn.Context(new SynchronizationContext()), RunOn.Scheduler(new MarkingScheduler()) })
        {
            var source = new StreamSource<int>(new StreamOptions { RunOn = runOn });
            source.Map(value => value, maxDegreeOfParallelism: 2).Named("parallel").SinkToList();
            Assert.That(
                () => source.Start(),
                Throws.TypeOf<PipelineValidationException>().With.Message.Contains("'parallel'").And.Message.Contains("maxDegreeOfParallelism 2"));
        }
    }

    [Test]
    public async Task MapAsync_ParallelOnOneThread_OverlapsItsAwaitsOnly()
    {
        using var loop = new EventLoop();
        var stretches = new Stretches();
        var entered = 0;
        var bothEntered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = new StreamSource<int>(new StreamOptions { RunOn = RunOn.Context(loop) });
        var list = source.MapAsync(
            async value =>
            {
                stretches.Run(() =>
                {
                    if (++entered == 2)
                    {
                        bothEntered.SetResult();
                    }
                });
                await bothEntered.Task;
                stretches.Run(() => Assert.That(loop.IsCurrent, Is.True));
                return value;
            },
            maxDegreeOfParallelism: 2).SinkToList();
        await source.EmitAllAsync(Enumerable.Range(0, 6)).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 6)));
        Assert.That((stretches.Count, stretches.Overlaps), Is.EqualTo((12, 0)));
    }

    /// <summary>Two branches, several blocks, delegates with and without awaits: five stretches or more for an element.</summary>
    private static void BuildPipeline(StreamSource<int> source, Action note)
    {
        var mapped = source.MapAsync(async value =>
        {
            note();
            await Task.Yield();
            note();
            return value;
        });
        mapped.Buffer(4).Filter(_ =>
        {
            note();
            return true;
        }).Accumulate(0, (sum, value) =>
        {
            note();
            return sum + value;
        }).Partition(7).Sink(_ => note());
        mapped.Buffer(4).Sink(async _ =>
        {
            note();
            await Task.Yield();
            note();
        });
    }

    private sealed class Stretches
    {
        private int _inside;
        private int _overlaps;
        private int _count;

        public int Overlaps => Volatile.Read(ref _overlaps);

        public int Count => Volatile.Read(ref _count);

        public void Run(Action action)
        {
            if (Interlocked.Increment(ref _inside) > 1)
            {
                Interlocked.Increment(ref _overlaps);
            }

            Interlocked.Increment(ref _count);
            Thread.SpinWait(200);
            action();
            Interlocked.Decrement(ref _inside);
        }
    }

    private sealed class MarkingScheduler : TaskScheduler
    {
        [ThreadStatic]
        private static bool s_isCurrent;

        public static bool IsCurrent => s_isCurrent;

        protected override void QueueTask(Task task) => ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                s_isCurrent = true;
                TryExecuteTask(task);
                s_isCurrent = false;
            },
            null);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
