using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Traps;

/// <summary>Traps 9 to 15: graphs of TPL Dataflow that never end, or end too early.</summary>
[TestFixture]
public sealed class HangTrapTests
{
    [Test]
    [Trap(9)]
    public async Task Fault_Downstream_ReachesEveryWaitingEmitter()
    {
        var work = new GatedWriter<int>();
        var source = new StreamSource<int>();
        source.Map(x => x).Buffer(2).Sink(async x =>
        {
            await work.CallAsync(x);
            throw new InvalidOperationException("the disk is full");
        });
        var pipeline = source.Start();
        var emits = Enumerable.Range(0, 1000).Select(x => source.EmitAsync(x).AsTask()).ToList();
        await pipeline.SettleAsync().Soon();
        var waiting = emits.Where(emit => !emit.IsCompleted).ToList();
        Assert.That(waiting, Is.Not.Empty);
        work.Finish();

        foreach (var emit in waiting)
        {
            Assert.That(async () => await emit.Soon(), Throws.TypeOf<NodeFailedException>().With.InnerException.Message.EqualTo("the disk is full"));
        }

        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>());
    }

    [Test]
    [Trap(10)]
    public async Task Union_FirstSourceEnds_WaitsForTheOthers()
    {
        var first = new StreamSource<int>();
        var second = new StreamSource<int>();
        var merged = first.Union(second).SinkToList();
        var pipeline = first.Start();

        await first.EmitAsync(1).Soon();
        await first.CompleteAsync().Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(pipeline.Completion.IsCompleted, Is.False);
        await second.EmitAsync(2).Soon();
        await second.CompleteAsync().Soon();
        await pipeline.Completion.Soon();

        Assert.That(merged, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    [Trap(11)]
    public async Task Filter_MatchesNothingOrThrows_BlocksNothing()
    {
        var source = new StreamSource<int>();
        var small = source.Filter(x => x < 10).SinkToList();
        var large = source.Filter(x => x > 20).SinkToList();
        await source.EmitAllAsync([1, 15, 30, 2]).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(small, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(large, Is.EqualTo(new[] { 30 }));

        var throwing = new StreamSource<int>();
        throwing.Named("numbers").Filter(x => 1 / x > 0).Named("positive").SinkToList();
        Assert.That(
            async () => await throwing.DeliverAsync(0).Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property(nameof(NodeFailedException.NodeName)).EqualTo("positive"));
    }

    [Test]
    [Trap(12)]
    public async Task OpenEnd_OfABranch_CompletesAndIsCounted()
    {
        var source = new StreamSource<int>();
        source.Buffer(2).Map(x => x).Named("nowhere");
        var pipeline = source.Start();

        await source.EmitAllAsync(Enumerable.Range(0, 100)).Soon();
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();

        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "nowhere").Discarded, Is.EqualTo(100));
    }

    [Test]
    [Trap(12)]
    public async Task StopAsync_AfterCompleteOnAFullPipeline_EndsIt()
    {
        var entered = new TaskCompletionSource();
        var source = new StreamSource<int>();
        source.Buffer(10).Sink(async (int x, CancellationToken aborted) =>
        {
            entered.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, aborted);
        });
        var pipeline = source.Start();
        await source.EmitAllAsync(Enumerable.Range(0, 8)).Soon();
        await entered.Task.Soon();
        source.Complete();

        var report = await pipeline.StopAsync(TimeSpan.Zero).Soon();

        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<PipelineAbortedException>());
        Assert.That(report.Abandoned, Is.EqualTo(8));
        Assert.That(report.Unfinished, Is.Empty);
    }

    [Test]
    [Trap(13)]
    public async Task Composite_FailsInside_ShowsTheFault()
    {
        var source = new StreamSource<int>();
        var composite = Composite(source);
        composite.SinkToList();
        var pipeline = composite.Start();

        await source.EmitAsync(0).Soon();

        var failure = Assert.ThrowsAsync<NodeFailedException>(async () => await pipeline.Completion.Soon());
        Assert.That(failure!.NodeName, Is.EqualTo("inside"));

        static Stream<int> Composite(Stream<int> stream) => stream.Buffer(2).Map(x => 1 / x).Named("inside").Buffer(2);
    }

    [Test]
    [Trap(14)]
    public async Task Loop_CompletedWithElementsInside_LosesNone()
    {
        var source = new StreamSource<int>();
        var ended = new List<int>();
        var turns = source.Map(async x =>
        {
            await Task.Yield();
            return x - 1;
        });
        turns.Filter(x => x > 0).Feedback(source, 100);
        turns.Filter(x => x == 0).Sink(ended.Add);
        var pipeline = source.Start();

        var emits = Enumerable.Range(1, 50).Select(x => source.EmitAsync(x).AsTask()).ToList();
        source.Complete();
        await Task.WhenAll(emits).Soon();
        await pipeline.Completion.Soon();

        Assert.That(ended, Has.Count.EqualTo(50));
    }

    [Test]
    [Trap(15)]
    public async Task Emits_ManyCancelledWhileWaiting_LeaveNoTrace()
    {
        Assert.That(Environment.Version.Major, Is.GreaterThanOrEqualTo(10), "The versions with the old faults are not supported.");
        var writer = new GatedWriter<int>();
        var source = new StreamSource<int>();
        source.Sink(writer.WriteAsync);
        var pipeline = source.Start();
        await source.EmitAsync(0).Soon();
        using (var cancelling = new CancellationTokenSource())
        {
            var cancelled = Enumerable.Range(1, 100).Select(_ => source.EmitAsync(-1, cancelling.Token).AsTask()).ToList();
            await cancelling.CancelAsync();
            foreach (var emit in cancelled)
            {
                Assert.That(async () => await emit.Soon(), Throws.InstanceOf<OperationCanceledException>());
            }
        }

        for (var x = 1; x <= 10; x++)
        {
            writer.Finish();
            await pipeline.SettleAsync().Soon();
            Assert.That(source.TryEmit(x), Is.True, "A place that was given back is free.");
            await pipeline.SettleAsync().Soon();
        }

        writer.Finish();
        await source.CompleteAsync().Soon();
        Assert.That(writer.Finished, Is.EqualTo(Enumerable.Range(0, 11)));
    }
}
