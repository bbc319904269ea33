using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Runtime;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CheckpointTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly WatchedStore _store = new();

    private StreamOptions Options => new() { TimeProvider = _clock, Checkpoints = new CheckpointOptions(_store, "test") };

    [Test]
    public async Task Checkpoint_AtTheInterval_HoldsWhatIsDoneByThen()
    {
        var done = Signals(5);
        var arrived = Signals(5);
        var stream = Numbers(5, Options);
        stream.MapAsync(async x =>
        {
            await done[x].Task;
            return x;
        }, 5, ordered: false).Sink(x => arrived[x].SetResult());
        var pipeline = stream.Start();
        await pipeline.SettleAsync().Soon();

        done[1].SetResult();
        done[2].SetResult();
        await Task.WhenAll(arrived[1].Task, arrived[2].Task).Soon();
        await pipeline.AdvanceAsync(_clock, s_second).Soon();
        Assert.That(_store.Saved, Is.Empty, "Element 0 is not done.");
        done[0].SetResult();
        done[4].SetResult();
        await Task.WhenAll(arrived[0].Task, arrived[4].Task).Soon();
        await pipeline.AdvanceAsync(_clock, s_second).Soon();
        Assert.That(_store.Saved, Is.EqualTo(new[] { "numbers=3" }));
        await pipeline.AdvanceAsync(_clock, 10 * s_second).Soon();
        Assert.That(_store.Saved, Is.EqualTo(new[] { "numbers=3" }), "What has not moved is not saved.");

        done[3].SetResult();
        await pipeline.Completion.Soon();
        Assert.That(_store.Saved, Is.EqualTo(new[] { "numbers=3", "numbers=5" }));
    }

    [Test]
    public async Task Checkpoint_AfterSoManyElements_ComesWithoutTheInterval()
    {
        var options = Options with { Checkpoints = new CheckpointOptions(_store, "test") { Interval = Timeout.InfiniteTimeSpan, Every = 2 } };
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stream = Numbers(3, options);
        stream.Sink(async x => await (x < 2 ? Task.CompletedTask : gate.Task));
        var pipeline = stream.Start();

        await pipeline.SettleAsync().Soon();
        Assert.That(_store.Saved, Is.EqualTo(new[] { "numbers=2" }));
        gate.SetResult();
        await pipeline.Completion.Soon();

        Assert.That(_store.Saved[^1], Is.EqualTo("numbers=3"));
    }

    [Test]
    public async Task Checkpoint_NextRun_GoesOnBehindIt()
    {
        var fails = true;
        var written = new List<int>();
        var stream = Numbers(6, Options);
        stream.Map(x => x == 3 && fails ? throw new InvalidOperationException("three") : x).Sink(written.Add);
        Assert.ThrowsAsync<NodeFailedException>(() => stream.Start().Completion.Soon());
        Assert.That(_store.Saved, Is.EqualTo(new[] { "numbers=3" }), "The mark does not pass what has failed.");

        fails = false;
        await stream.Start().Completion.Soon();

        Assert.That(written, Is.EqualTo(new[] { 0, 1, 2, 3, 4, 5 }));
        Assert.That(_store.Saved[^1], Is.EqualTo("numbers=6"));
    }

    [Test]
    public async Task Checkpoint_SkippedElement_CountsAsDone()
    {
        var stream = Numbers(4, Options with { OnError = ErrorPolicy.Skip });
        stream.Map(x => x == 2 ? throw new InvalidOperationException("two") : x).SinkToList();

        await stream.Start().Completion.Soon();

        Assert.That(_store.Saved[^1], Is.EqualTo("numbers=4"));
    }

    [Test]
    public async Task Checkpoint_AbortedRun_DoesNotPassWhatWasAbandoned()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stream = Numbers(4, Options);
        stream.Sink(async (int x, CancellationToken token) => await (x < 2 ? Task.CompletedTask : gate.Task.WaitAsync(token)));
        var pipeline = stream.Start();
        await pipeline.SettleAsync().Soon();

        await pipeline.StopAsync(TimeSpan.Zero).Soon();
        await pipeline.Completion.Ended();

        Assert.That(_store.Saved, Is.EqualTo(new[] { "numbers=2" }));
    }

    [Test]
    public async Task Checkpoint_StateHoldsAnElement_WaitsUntilItIsReleased()
    {
        var stream = Numbers(4, Options, pausesAtTheEnd: true);
        stream.SlidingWindow(2).SinkToList();
        var pipeline = stream.Start();

        await pipeline.SettleAsync().Soon();
        await pipeline.AdvanceAsync(_clock, s_second).Soon();
        Assert.That(_store.Saved, Is.EqualTo(new[] { "numbers=2" }), "The window holds the last two.");
        await pipeline.StopAsync(s_second).Soon();

        Assert.That(_store.Saved[^1], Is.EqualTo("numbers=4"), "A normal end lets the window go.");
    }

    [Test]
    public async Task Checkpoint_SeveralSources_AreSavedTogether()
    {
        var left = Numbers(3, Options, name: "left", pausesAtTheEnd: true);
        var right = Numbers(5, null, name: "right", pausesAtTheEnd: true);
        left.Union(right).SinkToList();
        var pipeline = left.Start();
        await pipeline.SettleAsync().Soon();

        await pipeline.AdvanceAsync(_clock, s_second).Soon();
        await pipeline.StopAsync(s_second).Soon();

        Assert.That(_store.Saved, Is.EqualTo(new[] { "left=3 right=5" }));
    }

    [Test]
    public async Task Checkpoint_OneNameTwice_IsRefused()
    {
        var left = Numbers(3, Options);
        left.Union(Numbers(5, null)).SinkToList();

        var fault = Assert.ThrowsAsync<NodeFailedException>(() => left.Start().Completion.Soon());

        Assert.That(fault.InnerException, Is.TypeOf<InvalidOperationException>().With.Message.Contains("a name of its own"));
        await Task.CompletedTask;
    }

    [Test]
    public async Task Checkpoint_PipelineInUse_FailsTheSecondRun()
    {
        var first = Numbers(1, Options, pausesAtTheEnd: true);
        first.SinkToList();
        var running = first.Start();
        await running.SettleAsync().Soon();
        var second = Numbers(1, Options);
        second.SinkToList();

        var fault = Assert.ThrowsAsync<NodeFailedException>(() => second.Start().Completion.Soon());
        await running.StopAsync(s_second).Soon();

        Assert.That(fault.InnerException, Is.TypeOf<CheckpointInUseException>());
        await second.Start().Completion.Soon();
    }

    [Test]
    public async Task Checkpoint_StoreFails_StopsThePipelineUnderTheNameOfTheSource()
    {
        _store.Failure = new IOException("disk full");
        var stream = Numbers(2, Options, pausesAtTheEnd: true);
        stream.SinkToList();
        var pipeline = stream.Start();
        await pipeline.SettleAsync().Soon();

        await pipeline.AdvanceAsync(_clock, s_second).Soon();

        var fault = Assert.ThrowsAsync<NodeFailedException>(() => pipeline.Completion.Soon());
        Assert.That((fault.NodeName, fault.InnerException), Is.EqualTo(("numbers", (Exception)_store.Failure)));
    }

    [Test]
    public async Task Checkpoint_LastSaveFails_FailsTheRun()
    {
        _store.Failure = new IOException("disk full");
        var stream = Numbers(2, Options);
        stream.SinkToList();

        var fault = Assert.ThrowsAsync<NodeFailedException>(() => stream.Start().Completion.Soon());

        Assert.That(fault.InnerException, Is.SameAs(_store.Failure));
        _store.Failure = null;
        await stream.Start().Completion.Soon();
        Assert.That(_store.Saved, Is.EqualTo(new[] { "numbers=2" }));
    }

    [Test]
    public async Task Checkpoint_StoreFailsUnderSkip_IsMadeUpForByTheNext()
    {
        _store.Failure = new IOException("disk full");
        var stream = Numbers(2, Options with { OnError = ErrorPolicy.Skip }, pausesAtTheEnd: true);
        stream.SinkToList();
        var pipeline = stream.Start();
        await pipeline.SettleAsync().Soon();

        await pipeline.AdvanceAsync(_clock, s_second).Soon();
        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "numbers").Failed, Is.EqualTo(1));
        _store.Failure = null;
        await pipeline.AdvanceAsync(_clock, s_second).Soon();
        await pipeline.StopAsync(s_second).Soon();

        Assert.That(_store.Saved, Is.EqualTo(new[] { "numbers=2" }));
    }

    [Test]
    public async Task Checkpoint_SlowStore_HoldsUpNoElementAndIsAskedOnceAtATime()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Gate = gate.Task;
        var written = new List<int>();
        var options = Options with { Checkpoints = new CheckpointOptions(_store, "test") { Every = 1 } };
        var stream = Numbers(100, options, pausesAtTheEnd: true);
        stream.Sink(written.Add);
        var pipeline = stream.Start();

        await pipeline.SettleAsync().Soon();
        Assert.That(written, Has.Count.EqualTo(100));
        var stop = pipeline.StopAsync(s_second);
        gate.SetResult();
        await stop.Soon();

        Assert.That(_store.MostAtOnce, Is.EqualTo(1));
        Assert.That(_store.Saved[^1], Is.EqualTo("numbers=100"));
        Assert.That(_store.Saved, Has.Count.LessThanOrEqualTo(3));
    }

    [Test]
    public async Task Checkpoint_NoStore_BeginsAnewInEachRun()
    {
        var stream = Numbers(3, null);
        var list = stream.SinkToList();

        await stream.Start().Completion.Soon();
        await stream.Start().Completion.Soon();

        Assert.That(list, Is.EqualTo(new[] { 0, 1, 2, 0, 1, 2 }));
    }

    private static TaskCompletionSource[] Signals(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];

    private static Stream<int> Numbers(int count, StreamOptions? options, string name = "numbers", bool pausesAtTheEnd = false) =>
        new(new SourceNode<int>(name, () => new NumbersStage(name, count, pausesAtTheEnd), options));

    private sealed class NumbersStage(string name, int count, bool pausesAtTheEnd) : SourceStage<int>
    {
        public override async Task RunAsync(SourceContext<int> context)
        {
            var partition = await context.OpenPartitionAsync(name);
            for (var i = (int)(partition.Start ?? 0); i < count; i++)
            {
                await context.EmitAsync(i, partition, i + 1);
            }

            if (pausesAtTheEnd)
            {
                await context.WaitAsync(TimeSpan.FromDays(1));
            }
        }
    }

    private sealed class WatchedStore : ICheckpointStore
    {
        private readonly InMemoryCheckpointStore _inner = new();
        private readonly Lock _gate = new();
        private readonly List<string> _saved = [];
        private int _now;

        public Exception? Failure { get; set; }

        public Task? Gate { get; set; }

        public int MostAtOnce { get; private set; }

        public IReadOnlyList<string> Saved
        {
            get
            {
                lock (_gate)
                {
                    return [.. _saved];
                }
            }
        }

        public async ValueTask<ICheckpointSession> OpenAsync(string pipeline, CancellationToken cancellationToken) =>
            new Session(this, await _inner.OpenAsync(pipeline, cancellationToken));

        private sealed class Session(WatchedStore store, ICheckpointSession inner) : ICheckpointSession
        {
            public ValueTask<Checkpoint> LoadAsync(CancellationToken cancellationToken) => inner.LoadAsync(cancellationToken);

            public async ValueTask SaveAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
            {
                store.MostAtOnce = Math.Max(store.MostAtOnce, Interlocked.Increment(ref store._now));
                await (store.Gate ?? Task.CompletedTask);
                Interlocked.Decrement(ref store._now);
                if (store.Failure is { } failure)
                {
                    throw failure;
                }

                await inner.SaveAsync(checkpoint, cancellationToken);
                lock (store._gate)
                {
                    store._saved.Add(string.Join(" ", checkpoint.Positions.OrderBy(position => position.Key.Source).Select(position => $"{position.Key}={position.Value}")));
                }
            }

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
