using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Runtime;

/// <summary>How the end, the start and a fault of a run meet what happens at the same moment at another of its nodes.</summary>
internal sealed class EarlyEndEdgesTests
{
    [Test]
    public async Task EarlyEnd_BranchOfANodeThatHasEnded_LeavesTheOtherEdgesOfTheJoinOpen()
    {
        var options = new StreamOptions { Capacity = 1 };
        var over = new StreamSource<int>(options);
        over.SinkToList();
        var gate = new TaskCompletionSource();
        var source = new StreamSource<IAsyncEnumerable<int>>(options);
        var numbers = source.Flatten();
        var all = numbers.SinkToList();
        var first = over.Union(numbers).Take(1).SinkToList();
        var pipeline = over.Start();

        await over.CompleteAsync().Soon();
        await source.EmitAsync(NumbersAsync()).Soon();
        await pipeline.SettleAsync().Soon();
        gate.SetResult();
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();

        Assert.That(first, Is.EqualTo(new[] { 0 }));
        Assert.That(all, Is.EqualTo(Enumerable.Range(0, 8)));
        Assert.That(pipeline.Run.Ports, Has.All.Property(nameof(Dataflow.Runtime.Port.OpenEdges)).Zero, "Each edge ends once.");

        async IAsyncEnumerable<int> NumbersAsync([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            yield return 0;
            await gate.Task.WaitAsync(cancellation);
            for (var number = 1; number < 8; number++)
            {
                yield return number;
            }
        }
    }

    [Test]
    public async Task EarlyEnd_TickAskedForAfterwards_DoesNotKeepThePipelineFromBeingIdle()
    {
        var gate = new TaskCompletionSource();
        var source = new StreamSource<int>();
        source.Then(new SinkNode<int>("end", () => new TickingStage(gate.Task)), new NodeOptions { Capacity = 8 });
        var all = source.SinkToList();
        await using var pipeline = source.Start();

        await source.EmitAllAsync([1, 2, 3]).Soon();
        gate.SetResult();
        await pipeline.WhenIdleAsync().Soon();

        Assert.That(all, Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    public async Task Start_StagePushesOnRoundALoop_MeetsStagesThatHaveStarted()
    {
        var source = new StreamSource<int>(new StreamOptions { RunOn = RunOn.Scheduler(new InlineScheduler()), Fuse = false });
        var early = new List<int>();
        var entry = source.Then(new OperatorNode<int, int>("watch", () => new WatchingStage(early)));
        var body = entry.Map(x => x + 1).Prepend(1);
        body.Filter(x => x < 3).Feedback(entry, 4);
        var all = body.SinkToList();
        var pipeline = source.Start();

        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();

        Assert.That(all, Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(early, Is.Empty, "A stage has started before it gets elements.");
    }

    [Test]
    public async Task Fault_ElsewhereWhileAJoinWaitsForAPartnerThatCannotCome_EndsThePipeline()
    {
        var gate = new TaskCompletionSource();
        var source = new StreamSource<int>();
        var other = new StreamSource<int>();
        source.Zip(source.Filter(x => x > 10), maxSize: 1).Sink(_ => { });
        other.MapAsync(async x =>
        {
            // So that the run is not idle: the stall is not found before the fault.
            await gate.Task;
            return x > 0 ? throw new FormatException("one") : x;
        }).Sink(_ => { });
        source.Union(other).Sink(_ => { });
        var pipeline = source.Start();

        await other.EmitAsync(1).Soon();
        await source.EmitAllAsync([1, 2]).Soon();
        await pipeline.SettleAsync().Soon();
        gate.SetResult();
        await pipeline.Completion.Ended();

        Assert.That(pipeline.Completion.Exception?.InnerException?.InnerException, Is.TypeOf<FormatException>());
    }

    [Test]
    public async Task ToAsyncEnumerable_LeftWhileTheRunIsBuilt_EndsItsBranch()
    {
        var source = new StreamSource<int>();
        var numbers = source.ToAsyncEnumerable(capacity: 1);
        Exception? thrown = null;
        var all = source.Map(x => x)
            .Then(new OperatorNode<int, int>("reader", () =>
            {
                // Here the stage of the sequence exists, and the run around it does not yet.
                thrown = Leave(numbers);
                return new WatchingStage([]);
            }))
            .SinkToList();
        await using var pipeline = source.Start();

        await source.EmitAllAsync(Enumerable.Range(0, 10)).Soon();
        await pipeline.WhenIdleAsync().Soon();

        Assert.That(thrown, Is.InstanceOf<OperationCanceledException>());
        Assert.That(all, Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Test]
    public async Task Fault_ElsewhereWhileAStageKeepsItsPlacesUntilATick_EndsThePipeline([Values] bool inLoop)
    {
        var source = new StreamSource<int>(new StreamOptions { TimeProvider = new FakeTimeProvider() });
        var entry = source.Union();
        var delayed = entry.Delay(TimeSpan.FromHours(1), maxCount: 1);
        delayed.Sink(_ => { });
        if (inLoop)
        {
            delayed.Filter(_ => false).Feedback(entry, 4);
        }

        source.Map(x => x == 3 ? throw new FormatException("three") : x).Sink(_ => { });
        var pipeline = source.Start();
        var emits = source.EmitTogetherAsync([1, 2, 3]);

        await pipeline.Completion.Ended();
        await emits.Ended();

        Assert.That(pipeline.Completion.Exception?.InnerException, Is.TypeOf<NodeFailedException>());
    }

    private static Exception? Leave(IAsyncEnumerable<int> numbers)
    {
        using var cancel = new CancellationTokenSource();
        var next = numbers.GetAsyncEnumerator(cancel.Token).MoveNextAsync().AsTask();
        cancel.Cancel();
        ((IAsyncResult)next).AsyncWaitHandle.WaitOne(Waiting.Limit);
        return next.Exception?.InnerException ?? (next.IsCanceled ? new OperationCanceledException() : null);
    }

    private sealed class TickingStage(Task gate) : SinkStage<int>
    {
        private bool _isOver;

        public override async ValueTask OnElementAsync(Element<int> element)
        {
            if (_isOver)
            {
                Context.ScheduleTick(TimeSpan.FromDays(1));
                return;
            }

            _isOver = true;
            await Context.AwaitAsync(new ValueTask(gate));
            Context.Complete();
        }
    }

    private sealed class WatchingStage(List<int> early) : Stage<int, int>
    {
        private bool _hasStarted;

        public override ValueTask OnStartAsync()
        {
            _hasStarted = true;
            return default;
        }

        public override ValueTask OnElementAsync(Element<int> element)
        {
            if (!_hasStarted)
            {
                early.Add(element.Value);
            }

            return PushAsync(element);
        }
    }

    private sealed class InlineScheduler : TaskScheduler
    {
        protected override void QueueTask(Task task) => TryExecuteTask(task);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => TryExecuteTask(task);

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
