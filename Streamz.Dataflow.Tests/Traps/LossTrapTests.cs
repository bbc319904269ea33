using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Traps;

/// <summary>Traps 1 to 8: elements that TPL Dataflow loses in silence.</summary>
[TestFixture]
public sealed class LossTrapTests
{
    private static readonly StreamOptions s_skipping = new() { OnError = ErrorPolicy.Skip };

    [TestCase(1)]
    [TestCase(4)]
    [Trap(1)]
    public async Task Delegate_ThrowsOperationCanceled_IsAFailureLikeAnyOther(int parallelism)
    {
        var source = new StreamSource<int>(s_skipping);
        var results = source.MapAsync(async x =>
        {
            await Task.Yield();
            return x % 2 == 0 ? x : throw new TaskCanceledException("a time-out of someone else's");
        }, parallelism).Named("fetch").SinkToList();
        var pipeline = source.Start();
        await source.EmitAllAsync(Enumerable.Range(0, 10)).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(results, Is.EqualTo(new[] { 0, 2, 4, 6, 8 }));
        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "fetch").Failed, Is.EqualTo(5));

        var stopping = new StreamSource<int>();
        stopping.Map(x => x == 3 ? throw new OperationCanceledException() : x, parallelism).Named("compute").SinkToList();
        Assert.That(
            async () =>
            {
                await stopping.EmitAllAsync(Enumerable.Range(0, 10)).Soon();
                await stopping.CompleteAsync().Soon();
            },
            Throws.TypeOf<NodeFailedException>().With.InnerException.TypeOf<OperationCanceledException>()
                .And.Property(nameof(NodeFailedException.NodeName)).EqualTo("compute"));
    }

    [TestCase(1)]
    [TestCase(4)]
    [Trap(2)]
    public async Task Delegate_ReturnsNoTask_IsAFailureLikeAnyOther(int parallelism)
    {
        var source = new StreamSource<int>(s_skipping);
        var results = source.MapAsync((Func<int, Task<int>>)(x => x % 2 == 0 ? Task.FromResult(x) : null!), parallelism).Named("fetch").SinkToList();
        var pipeline = source.Start();

        await source.EmitAllAsync(Enumerable.Range(0, 10)).Soon();
        Assert.That(await source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 0, 2, 4, 6, 8 }));
        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "fetch").Failed, Is.EqualTo(6));
    }

    [Test]
    [Trap(3)]
    public async Task Pipeline_Aborted_DoesNotLookLikeANormalEnd()
    {
        var source = new StreamSource<int>();
        var entered = new TaskCompletionSource();
        var batches = source.Map(async (int x, CancellationToken aborted) =>
        {
            if (x == 2)
            {
                entered.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, aborted);
            }

            return x;
        }).Partition(10).SinkToList();
        var pipeline = source.Start();
        var partial = source.DeliverAsync(1);
        var stuck = source.DeliverAsync(2);
        await entered.Task.Soon();

        var report = await pipeline.StopAsync(TimeSpan.Zero).Soon();

        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<PipelineAbortedException>());
        Assert.That(async () => await partial.Soon(), Throws.TypeOf<ElementAbandonedException>());
        Assert.That(async () => await stuck.Soon(), Throws.TypeOf<ElementAbandonedException>());
        Assert.That(report.Abandoned, Is.GreaterThanOrEqualTo(1));
        Assert.That(batches, Is.Empty, "A partial batch is not passed off as the last one.");
    }

    [Test]
    [Trap(4)]
    public async Task Branches_OneIsSlow_BothGetEverything()
    {
        var source = new StreamSource<int>();
        var fast = source.SinkToList();
        var slow = new List<int>();
        source.Sink(
            async x =>
            {
                await Task.Yield();
                slow.Add(x);
            },
            options: new NodeOptions { Capacity = 4 });

        await source.EmitAllAsync(Enumerable.Range(0, 1000)).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(fast, Is.EqualTo(Enumerable.Range(0, 1000)));
        Assert.That(slow, Is.EqualTo(Enumerable.Range(0, 1000)));
    }

    [Test]
    [Trap(5)]
    public async Task Emit_PipelineFullOrClosed_NeverReturnsAFlagToOverlook()
    {
        var writer = new GatedWriter<int>();
        var source = new StreamSource<int>();
        source.Sink(writer.WriteAsync);
        var pipeline = source.Start();
        await source.EmitAsync(1).Soon();

        Assert.That(source.TryEmit(2), Is.False, "The only one that answers, and its name says so.");
        var waiting = source.EmitAsync(3).AsTask();
        await pipeline.SettleAsync().Soon();
        Assert.That(waiting.IsCompleted, Is.False);
        writer.Finish();
        await waiting.Soon();
        await pipeline.SettleAsync().Soon();
        writer.Finish();
        await source.CompleteAsync().Soon();

        Assert.That(writer.Finished, Is.EqualTo(new[] { 1, 3 }));
        Assert.That(async () => await source.EmitAsync(4).Soon(), Throws.TypeOf<PipelineClosedException>());
        Assert.That(() => source.TryEmit(4), Throws.TypeOf<PipelineClosedException>());
    }

    [Test]
    [Trap(6)]
    public async Task Complete_EmitsAreWaiting_TheyStillLand()
    {
        var writer = new GatedWriter<int>();
        var source = new StreamSource<int>();
        source.Sink(writer.WriteAsync);
        var pipeline = source.Start();
        var emits = Enumerable.Range(0, 10).Select(x => source.EmitAsync(x).AsTask()).ToList();
        await pipeline.SettleAsync().Soon();
        Assert.That(emits.Count(emit => emit.IsCompleted), Is.EqualTo(1));

        source.Complete();
        for (var i = 0; i < 10; i++)
        {
            await pipeline.SettleAsync().Soon();
            writer.Finish();
        }

        await Task.WhenAll(emits).Soon();
        await pipeline.Completion.Soon();
        Assert.That(writer.Finished, Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Test]
    [Trap(7)]
    public async Task Fault_GoodElementsAhead_AreStillDelivered()
    {
        var work = new GatedWriter<int>();
        var source = new StreamSource<int>();
        var results = source.MapAsync(
            async x =>
            {
                if (x == 2)
                {
                    throw new InvalidOperationException("two");
                }

                return await work.CallAsync(x);
            },
            4).SinkToList();
        var pipeline = source.Start();
        var ahead = new[] { source.DeliverAsync(0), source.DeliverAsync(1) };
        await pipeline.SettleAsync().Soon();
        var failing = source.DeliverAsync(2);
        await pipeline.SettleAsync().Soon();
        Assert.That(async () => await source.EmitAsync(3).Soon(), Throws.TypeOf<NodeFailedException>(), "Intake is refused at once.");
        work.Finish(2);

        Assert.That(await Task.WhenAll(ahead).Soon(), Is.All.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(async () => await failing.Soon(), Throws.TypeOf<NodeFailedException>());
        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>());
        Assert.That(results, Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    [Trap(8)]
    public async Task Zip_Leftovers_AreDroppedAndSaidOrAFault()
    {
        var left = new StreamSource<int>();
        var right = new StreamSource<int>();
        var pairs = left.Zip(right).Named("pairs").SinkToList();
        var pipeline = left.Start();
        await left.EmitAllAsync(Enumerable.Range(0, 5)).Soon();
        await right.EmitAllAsync(Enumerable.Range(0, 3)).Soon();
        await Task.WhenAll(left.CompleteAsync(), right.CompleteAsync()).Soon();
        Assert.That(pairs, Has.Count.EqualTo(3));
        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "pairs").Dropped, Is.EqualTo(2));

        var strict = new StreamSource<int>();
        var other = new StreamSource<int>();
        strict.Zip(other, leftovers: ZipLeftovers.Fault).SinkToList();
        await strict.EmitAsync(1).Soon();
        other.Complete();
        Assert.That(async () => await strict.CompleteAsync().Soon(), Throws.TypeOf<NodeFailedException>());
    }

    [Test]
    [Trap(8)]
    public async Task Zip_OneSideOnly_IsBounded()
    {
        var left = new StreamSource<int>();
        var right = new StreamSource<int>();
        left.Zip(right, maxSize: 8).SinkToList();
        var pipeline = left.Start();

        var accepted = 0;
        while (left.TryEmit(accepted))
        {
            accepted++;
            await pipeline.SettleAsync().Soon();
        }

        Assert.That(accepted, Is.EqualTo(8));
        await Task.WhenAll(left.CompleteAsync(), right.CompleteAsync()).Soon();
    }

    [Test]
    [Trap(8)]
    public void Zip_DiamondThatCannotProgress_IsRefusedOrFaults()
    {
        var provable = new StreamSource<int>();
        provable.Zip(provable.Partition(100), maxSize: 4).SinkToList();
        Assert.That(() => provable.Start(), Throws.TypeOf<PipelineValidationException>().With.Message.Contains("can never progress"));

        var uneven = new StreamSource<int>();
        uneven.Zip(uneven.Filter(x => x > 1000), maxSize: 4).SinkToList();
        Assert.That(
            async () => await uneven.EmitAllAsync(Enumerable.Range(0, 1000)).Soon(),
            Throws.TypeOf<NodeFailedException>().With.InnerException.TypeOf<JoinStalledException>());
    }
}
