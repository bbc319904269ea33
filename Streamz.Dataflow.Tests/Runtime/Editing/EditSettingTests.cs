using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Runtime.Editing;

/// <summary>Nodes that are set anew, paused and resumed while elements flow.</summary>
[TestFixture]
[CancelAfter(30_000)]
[DefaultMode]
internal sealed class EditSettingTests
{
    [TestCase(4, 2)]
    [TestCase(2, 4)]
    [TestCase(3, 1)]
    public async Task SetParallelism_WhileElementsWait_NeverWorksOnMore(int before, int after)
    {
        await using var source = new StreamSource<int>();
        var gate = new SemaphoreSlim(0);
        var (running, most) = (0, 0);
        var seen = source.MapAsync(
            async value =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await gate.WaitAsync();
                Interlocked.Decrement(ref running);
                return value;
            },
            maxDegreeOfParallelism: before).Named("work").SinkToList();
        var pipeline = source.Start();
        var emits = source.EmitTogetherAsync(Enumerable.Range(0, 50));
        await pipeline.WhenSettledAsync().Soon();
        Assert.That(most, Is.EqualTo(before));

        var edit = pipeline.EditAsync(edit => edit.SetParallelism(edit.Find("work"), after));
        gate.Release(2 * before);
        await edit.Soon();
        await pipeline.WhenSettledAsync().Soon();
        Assert.That(running, Is.EqualTo(after));
        most = 0;
        gate.Release(100);
        await emits.Soon();
        await source.CompleteAsync().Soon();
        Assert.That(most, Is.LessThanOrEqualTo(after));
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 50)));
        Assert.That(pipeline.Explain(), Does.Contain(after == 1 ? "work" : $"x{after}"));
    }

    [Test]
    public async Task SetCapacity_OfAFusedNode_ItGetsAQueueOfItsOwn()
    {
        await using var source = new StreamSource<int>();
        var gate = new TaskCompletionSource();
        var seen = source.Map(value => value).Named("first").MapAsync(async value =>
        {
            await gate.Task;
            return value;
        }).Named("slow").SinkToList();
        var pipeline = source.Start();
        await pipeline.EditAsync(edit => edit.SetCapacity(edit.Find("slow"), 5)).Soon();

        var emits = Enumerable.Range(0, 10).Select(value => source.EmitAsync(value).AsTask()).ToList();
        await pipeline.WhenSettledAsync().Soon();
        Assert.That(emits.Count(emit => emit.IsCompleted), Is.EqualTo(6));
        gate.SetResult();
        await Task.WhenAll(emits).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 10)));
        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "slow").Capacity, Is.EqualTo(5));
    }

    [Test]
    public async Task SetCapacity_OfAParallelNode_ItsWorkersTakeAsMany()
    {
        await using var source = new StreamSource<int>();
        var gate = new TaskCompletionSource();
        var seen = source.MapAsync(
            async value =>
            {
                await gate.Task;
                return value;
            },
            maxDegreeOfParallelism: 2).Named("work").SinkToList();
        var pipeline = source.Start();
        await pipeline.EditAsync(edit => edit.SetCapacity(edit.Find("work"), 50)).Soon();
        var deliveries = Enumerable.Range(0, 50).Select(value => source.DeliverAsync(value)).ToList();
        await pipeline.WhenSettledAsync().Soon();
        gate.SetResult();
        await Task.WhenAll(deliveries).Soon();
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 50)));
    }

    [Test]
    public async Task SetParallelism_WhileWorkersHaveDeadLettersForANodeThatIsSetAsWell_TheyPutThemFirst()
    {
        await using var source = new StreamSource<int>();
        var gate = new SemaphoreSlim(0);
        var letters = new List<int>();
        var queue = new DeadLetterQueue();
        queue.Named("letters").Sink(async letter =>
        {
            await gate.WaitAsync();
            letters.Add(letter.ElementAs<int>());
        });
        source.Map(Refuse, maxDegreeOfParallelism: 4, options: new NodeOptions { Name = "work", OnError = ErrorPolicy.DeadLetter(queue) }).Sink(_ => { });
        var pipeline = source.Start();
        var deliveries = Enumerable.Range(0, 4).Select(value => source.DeliverAsync(value)).ToList();
        await pipeline.WhenSettledAsync().Soon();
        var edit = pipeline.EditAsync(edit => edit.SetParallelism(edit.Find("work"), 2).SetCapacity(edit.Find("letters"), 5));
        gate.Release(4);
        await edit.Soon();
        await Task.WhenAll(deliveries).Soon();
        Assert.That(letters, Is.EquivalentTo(Enumerable.Range(0, 4)));

        static int Refuse(int value) => throw new FormatException($"{value}");
    }

    [Test]
    public async Task SetRate_OfARateLimit_HoldsFromTheNextElement()
    {
        var clock = new FakeTimeProvider();
        await using var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock });
        var seen = source.RateLimit(TimeSpan.FromHours(1)).Named("rate").SinkToList();
        var pipeline = source.Start();
        await source.EmitAsync(0).Soon();
        await pipeline.WhenIdleAsync().Soon();
        await pipeline.EditAsync(edit => edit.SetRate(edit.Find("rate"), TimeSpan.FromSeconds(1))).Soon();
        var emit = source.EmitAsync(1);
        await pipeline.AdvanceAsync(clock, TimeSpan.FromSeconds(1)).Soon();
        await emit.Soon();
        Assert.That(seen, Is.EqualTo(new[] { 0, 1 }));
        Assert.That(pipeline.Explain(), Does.Contain("rate_limit 1 s"));
    }

    [Test]
    public async Task Pause_ANode_NothingEntersUntilItIsResumed()
    {
        await using var source = new StreamSource<int>();
        var before = source.Map(value => value).Named("before");
        var passed = before.SinkToList();
        var seen = before.Map(value => value).Named("paused").SinkToList();
        var pipeline = source.Start();
        await source.DeliverAsync(0).Soon();
        await pipeline.EditAsync(edit => edit.Pause(edit.Find("paused"))).Soon();

        await source.EmitAllAsync(Enumerable.Range(1, 50)).Soon();
        await pipeline.WhenSettledAsync().Soon();
        Assert.That((passed.Count, seen.Count), Is.EqualTo((51, 1)));

        await pipeline.EditAsync(edit => edit.SetCapacity(edit.Find("paused"), 500)).Soon();
        Assert.That(seen, Has.Count.EqualTo(1), "An edit of a paused node leaves it paused.");
        await pipeline.EditAsync(edit => edit.Resume(edit.Find("paused"))).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 51)));
    }

    [Test]
    public async Task Pause_AndThePipelineIsStopped_ItDrains()
    {
        await using var source = new StreamSource<int>();
        var seen = source.Map(value => value).Named("paused").SinkToList();
        var pipeline = source.Start();
        await pipeline.EditAsync(edit => edit.Pause(edit.Find("paused"))).Soon();
        await source.EmitAllAsync(Enumerable.Range(0, 10)).Soon();
        var report = await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 10)));
        Assert.That(report.Abandoned, Is.Zero);
    }

    [Test]
    public async Task Pause_AndTheLastSourceIsDisposed_ItDrains()
    {
        var (first, second) = (new StreamSource<int>(), new StreamSource<int>());
        var seen = first.Union(second).Map(value => value).Named("paused").SinkToList();
        var pipeline = first.Start();
        await pipeline.EditAsync(edit => edit.Pause(edit.Find("paused"))).Soon();
        await first.EmitAllAsync(Enumerable.Range(0, 10)).Soon();

        var firstIsThrough = first.DisposeAsync().AsTask();
        await pipeline.WhenSettledAsync().Soon();
        Assert.That(seen, Is.Empty, "Whoever has the other source may resume it.");
        Assert.That(firstIsThrough.IsCompleted, Is.False);
        await second.DisposeAsync().AsTask().Soon();
        await firstIsThrough.Soon();

        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Test]
    public async Task Resume_ASourceThatWasCompletedMeanwhile_GivesWhatItHasTaken()
    {
        await using var source = new StreamSource<int>(new StreamOptions { Fuse = false });
        source.Map(value => value).SinkToList();
        var seen = source.SinkToList();
        var pipeline = source.Start();
        await pipeline.EditAsync(edit => edit.Pause(source)).Soon();
        await source.EmitAllAsync(Enumerable.Range(0, 10)).Soon();
        source.Complete();

        await pipeline.EditAsync(edit => edit.Resume(source)).Soon();

        await pipeline.Completion.Soon();
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Test]
    public async Task Pause_ANodeThatNobodyNeedsAnyMoreThen_DropsWhatItHasTaken()
    {
        await using var source = new StreamSource<int>();
        await using var other = new StreamSource<int>();
        source.Map(value => value).Named("paused").Zip(other).SinkToList();
        source.SinkToList();
        var pipeline = source.Start();
        await pipeline.EditAsync(edit => edit.Pause(edit.Find("paused"))).Soon();
        await source.EmitAllAsync([1, 2, 3]).Soon();
        await pipeline.WhenSettledAsync().Soon();

        other.Complete();

        await pipeline.WhenIdleAsync().Soon();
        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "paused").Dropped, Is.EqualTo(3));
    }

    [Test]
    public async Task Pause_AWindow_ItsTimerGoesOn()
    {
        var clock = new FakeTimeProvider();
        await using var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock });
        var seen = source.TimedWindow(TimeSpan.FromSeconds(1)).Named("window").SinkToList();
        var pipeline = source.Start();
        await source.EmitAsync(1).Soon();
        await pipeline.WhenSettledAsync().Soon();
        await pipeline.EditAsync(edit => edit.Pause(edit.Find("window"))).Soon();
        await source.EmitAsync(2).Soon();
        await pipeline.AdvanceAsync(clock, TimeSpan.FromSeconds(1)).Soon();
        Assert.That(seen, Is.EqualTo(new[] { new[] { 1 } }));
        await pipeline.EditAsync(edit => edit.Resume(edit.Find("window"))).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(seen, Is.EqualTo(new[] { new[] { 1 }, [2] }));
    }
}
