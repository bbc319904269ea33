using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Runtime;

/// <summary>What happens around an operator that ends before its input does.</summary>
internal sealed class EarlyEndTests
{
    [Test]
    public async Task EarlyEnd_OtherBranch_GoesOn()
    {
        var source = new StreamSource<int>();
        var first = source.Take(2).SinkToList();
        var all = source.SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, 10)).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(first, Is.EqualTo(new[] { 0, 1 }));
        Assert.That(all, Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Test]
    public async Task EarlyEnd_BranchWithWork_IsCutOff()
    {
        var worked = 0;
        var source = new StreamSource<int>();
        var first = source.Map(x =>
        {
            worked++;
            return x;
        }).Take(2).SinkToList();
        var all = source.SinkToList();
        var pipeline = source.Start();

        await source.EmitAllAsync([0, 1]).Soon();
        await pipeline.SettleAsync().Soon();
        await source.EmitAllAsync([2, 3]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(first, Is.EqualTo(new[] { 0, 1 }));
        Assert.That(worked, Is.EqualTo(2), "Nobody wants what the map makes of later elements.");
        Assert.That(all, Is.EqualTo(new[] { 0, 1, 2, 3 }));
    }

    [Test]
    public async Task EarlyEnd_TwoSources_StopsOnlyTheOneThatIsNotNeeded()
    {
        var left = new StreamSource<int>();
        var right = new StreamSource<int>();
        var first = left.Take(1).SinkToList();
        var both = left.Take(1).Union(right).SinkToList();
        var pipeline = left.Start();

        await left.EmitAsync(1).Soon();
        await pipeline.SettleAsync().Soon();

        Assert.That(async () => await left.EmitAsync(2), Throws.TypeOf<PipelineClosedException>());
        await right.EmitAsync(3).Soon();
        await right.CompleteAsync().Soon();
        await pipeline.Completion.Soon();
        Assert.That(first, Is.EqualTo(new[] { 1 }));
        Assert.That(both, Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public async Task EarlyEnd_InsideALoop_EndsTheLoop([Values] bool fuse)
    {
        var source = new StreamSource<int>(new StreamOptions { Fuse = fuse });
        var counted = source.Map(x => x + 1);
        counted.Feedback(source, capacity: 4);
        var first = counted.Take(5).SinkToList();
        var pipeline = source.Start();

        await source.EmitAsync(0).Soon();
        await pipeline.Completion.Soon();

        Assert.That(first, Is.EqualTo(new[] { 1, 2, 3, 4, 5 }));
    }

    [Test]
    public async Task EarlyEnd_OfALoopMember_EndsTheLoop([Values] bool fuse)
    {
        var source = new StreamSource<int>(new StreamOptions { Fuse = fuse });
        var counted = source.Map(x => x + 1).TakeWhile(x => x < 5);
        counted.Feedback(source, capacity: 4);
        var seen = counted.SinkToList();
        var pipeline = source.Start();

        await source.EmitAsync(0).Soon();
        await pipeline.Completion.Soon();

        Assert.That(seen, Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [Test]
    public async Task EarlyEnd_BehindAParallelNode_SettlesEveryTicket()
    {
        var source = new StreamSource<int>();
        source.MapAsync(async x =>
        {
            await Task.Yield();
            return x;
        }, 4).Take(3).SinkToList();
        var pipeline = source.Start();
        var deliveries = Enumerable.Range(0, 50).Select(x => source.DeliverAsync(x)).ToList();

        await pipeline.Completion.Soon();
        await Task.WhenAll(deliveries).Ended();

        Assert.That(deliveries, Has.All.Property("IsCompleted").True);
        Assert.That(deliveries.Count(delivery => delivery.IsCompletedSuccessfully && delivery.Result == DeliveryOutcome.Delivered), Is.EqualTo(3));
        Assert.That(deliveries.Where(delivery => delivery.IsFaulted).Select(delivery => delivery.Exception!.InnerException), Is.All.TypeOf<PipelineClosedException>());
    }

    [Test]
    public async Task EarlyEnd_RandomGraphs_AlwaysEnd([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        var source = new StreamSource<int>(new StreamOptions { Capacity = random.Next(1, 20), Fuse = random.Next(2) == 0 });
        var branches = new List<Stream<int>> { source };
        for (var i = 0; i < 8; i++)
        {
            var at = branches[random.Next(branches.Count)];
            branches.Add(random.Next(6) switch
            {
                0 => at.Take(random.Next(1, 20)),
                1 => at.TakeWhile(x => x < 100),
                2 => at.Buffer(random.Next(1, 4)),
                3 => at.MapAsync(async x =>
                {
                    await Task.Yield();
                    return x + 1;
                }, 3),
                4 => at.Union(branches[random.Next(branches.Count)].Map(x => x)),
                _ => at.Map(x => x + 1),
            });
        }

        foreach (var branch in branches)
        {
            branch.Take(random.Next(1, 30)).Sink(_ => { });
        }

        var pipeline = source.Start();
        var deliveries = new List<Task>();
        for (var x = 0; x < 400 && !pipeline.Completion.IsCompleted; x++)
        {
            deliveries.Add(source.DeliverAsync(x));
            if (x % 16 == 0)
            {
                await Task.Yield();
            }
        }

        await pipeline.Completion.Soon();
        await Task.WhenAll(deliveries).Ended();
        Assert.That(deliveries, Has.All.Property("IsCompleted").True);
        Assert.That(pipeline.Run.Activity.IsIdle);
    }
}
