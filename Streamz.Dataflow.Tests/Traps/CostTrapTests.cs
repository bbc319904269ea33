using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Traps;

/// <summary>Traps 26 to 30: what hops, waits, links and tokens of TPL Dataflow cost.</summary>
[TestFixture]
public sealed class CostTrapTests
{
    [Test, DefaultMode]
    [Trap(26)]
    public async Task Chain_OfSynchronousNodes_SharesOneBlock()
    {
        var source = new StreamSource<int>();
        Stream<int> stream = source;
        for (var i = 0; i < 10; i++)
        {
            stream = stream.Map(x => x + 1).Filter(x => x > 0);
        }

        var results = stream.RateLimit(TimeSpan.FromTicks(1)).SinkToList();
        await using var pipeline = source.Start();

        Assert.That(pipeline.Explain(), Does.Contain("23 nodes in 1 segments"));
        await source.EmitAsync(0).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(results, Is.EqualTo(new[] { 10 }));
    }

    [Test, DefaultMode]
    [Trap(27)]
    public async Task MapAsync_TaskIsComplete_AllocatesNothingForAnElement()
    {
        IgnoreInDebug();
        var source = new StreamSource<int>();
        source.MapAsync(x => new ValueTask<int>(x + 1)).MapAsync(x => new ValueTask<int>(x + 1)).Sink(_ => { });

        var perElement = await AllocatedAsync(source, 20_000) / 20_000.0;
        await source.CompleteAsync().Soon();

        Assert.That(perElement, Is.LessThan(225), "What a TransformBlock allocates for one element at one such delegate.");
    }

    [Test]
    [Trap(28)]
    public async Task EmitAsync_Waiting_CostsNoObjectForAnElement()
    {
        IgnoreInDebug();
        var source = new StreamSource<int>();
        source.Sink(_ => { }, options: new NodeOptions { Capacity = 1 });

        var perElement = await AllocatedAsync(source, 20_000) / 20_000.0;
        await source.CompleteAsync().Soon();

        Assert.That(perElement, Is.LessThan(133), "What SendAsync allocates for an element that has to wait.");
    }

    [Test]
    [Trap(29)]
    public async Task Branches_TwoOnOneStream_AreCopiesNotCompetitors()
    {
        var source = new StreamSource<int>();
        var first = source.Buffer(4).SinkToList();
        var second = source.Buffer(4).SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 100)).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(first, Is.EqualTo(Enumerable.Range(0, 100)));
        Assert.That(second, Is.EqualTo(Enumerable.Range(0, 100)));
    }

    [Test]
    [Trap(30)]
    public async Task StopAsync_DeadlineAhead_DrainsWithoutCancelling()
    {
        var release = new TaskCompletionSource();
        var cancelled = 0;
        var source = new StreamSource<int>();
        var results = source.Buffer(10).Map(async (int x, CancellationToken aborted) =>
        {
            await release.Task.WaitAsync(aborted);
            cancelled += aborted.IsCancellationRequested ? 1 : 0;
            return x;
        }).SinkToList();
        var pipeline = source.Start();
        await source.EmitAllAsync(Enumerable.Range(0, 8)).Soon();

        var stopping = pipeline.StopAsync(Timeout.InfiniteTimeSpan);
        Assert.That(async () => await source.EmitAsync(9).Soon(), Throws.TypeOf<PipelineClosedException>());
        release.SetResult();
        var report = await stopping.Soon();

        Assert.That(report.Abandoned, Is.Zero);
        Assert.That(cancelled, Is.Zero);
        Assert.That(results, Is.EqualTo(Enumerable.Range(0, 8)));
    }

    [Test]
    [Trap(30)]
    public async Task StopAsync_DeadlinePassed_TheDelegateIsTold()
    {
        var entered = new TaskCompletionSource();
        var told = new TaskCompletionSource();
        var source = new StreamSource<int>();
        source.Sink(async (int x, CancellationToken aborted) =>
        {
            using var registration = aborted.Register(told.SetResult);
            entered.SetResult();
            await told.Task;
            aborted.ThrowIfCancellationRequested();
        });
        var pipeline = source.Start();
        var delivery = source.DeliverAsync(1);
        await entered.Task.Soon();

        var report = await pipeline.StopAsync(TimeSpan.Zero).Soon();

        Assert.That(told.Task.IsCompletedSuccessfully, Is.True);
        Assert.That(report.Abandoned, Is.EqualTo(1));
        Assert.That(async () => await delivery.Soon(), Throws.TypeOf<ElementAbandonedException>());
    }

    private static async Task<long> AllocatedAsync(StreamSource<int> source, int count)
    {
        await source.EmitAllAsync(Enumerable.Range(0, count)).Soon();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await source.EmitAllAsync(Enumerable.Range(0, count)).Soon();
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private static void IgnoreInDebug()
    {
#if DEBUG
        Assert.Ignore("Allocations are those of a Release build: in Debug the state machines of async methods are objects. Run with -c Release.");
#endif
    }
}
