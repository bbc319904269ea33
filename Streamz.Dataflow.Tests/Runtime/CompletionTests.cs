using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Runtime;

[TestFixture]
[CancelAfter(30_000)]
internal sealed class CompletionTests
{
    [Test]
    public async Task CompleteAsync_OtherSourceIsOpen_DoesNotWaitForIt()
    {
        var first = new StreamSource<int>();
        var second = new StreamSource<int>();
        var list = first.Union(second).SinkToList();
        await second.EmitAsync(100);
        await first.EmitAsync(1);
        await first.CompleteAsync().Soon();
        Assert.That(list, Is.EquivalentTo(new[] { 100, 1 }));
        await second.EmitAsync(101).Soon();
        await second.CompleteAsync().Soon();
        Assert.That(list, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task CompleteAsync_OneOfSeveralSources_WaitsForTheFlushThatItAloneUnlocks()
    {
        var first = new StreamSource<int>();
        var second = new StreamSource<int>();
        var list = first.Partition(10).Map(part => part.Count).Union(second).SinkToList();
        first.Start();
        await first.EmitAsync(1);
        await first.EmitAsync(2);
        await first.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(new[] { 2 }));
        await second.CompleteAsync().Soon();
    }

    [Test, DefaultMode]
    public async Task CompleteAsync_WaitingEmitOfOtherSourceIsCancelled_StillCompletes()
    {
        var first = new StreamSource<int>();
        var second = new StreamSource<int>();
        var turnstile = new Turnstile();
        first.Union(second).Sink(_ => turnstile.PassAsync());
        var pipeline = first.Start();
        await first.EmitAsync(1);
        using var cancel = new CancellationTokenSource();
        var waiting = second.EmitAsync(2, cancel.Token).AsTask();
        var completed = first.CompleteAsync();
        await cancel.CancelAsync();
        Assert.That(async () => await waiting.Soon(), Throws.InstanceOf<OperationCanceledException>());
        turnstile.Open();
        await completed.Soon();
        await second.CompleteAsync().Soon();
        await pipeline.Completion.Soon();
        Assert.That(turnstile.Entered, Is.EqualTo(1));
    }

    [Test]
    public async Task Complete_EmitsWait_TheyStillLand()
    {
        var source = new StreamSource<int>();
        var turnstile = new Turnstile();
        var list = source.MapAsync(turnstile.PassAsync).SinkToList();
        var pipeline = source.Start();
        var emits = Enumerable.Range(0, 10).Select(value => source.EmitAsync(value).AsTask()).ToList();
        source.Complete();
        Assert.That(async () => await source.EmitAsync(99), Throws.InstanceOf<PipelineClosedException>());
        turnstile.Open();
        await Task.WhenAll(emits).Soon();
        await pipeline.Completion.Soon();
        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Test]
    public async Task Complete_DeliveriesWait_AllAreDelivered()
    {
        for (var round = 0; round < 100; round++)
        {
            var source = new StreamSource<int>(new StreamOptions { Capacity = 1 });
            source.Map(value => value).SinkToList();
            var pipeline = source.Start();
            var deliveries = Enumerable.Range(0, 8).Select(value => Task.Run(() => source.DeliverAsync(value))).ToList();
            await Task.WhenAll(deliveries.Take(2)).Soon();
            await source.CompleteAsync().Soon();
            foreach (var delivery in deliveries)
            {
                await delivery.Ended();
                Assert.That(
                    delivery.IsCompletedSuccessfully || delivery.Exception!.InnerException is PipelineClosedException,
                    $"round {round}: {delivery.Exception?.InnerException}");
            }
        }
    }

    [Test]
    public async Task StopAsync_DelegateObservesTheToken_AbandonsAndReports()
    {
        var source = new StreamSource<int>();
        source.Map(value => value).Buffer(5).Sink((_, aborted) => Task.Delay(Timeout.Infinite, aborted)).Named("stuck");
        var pipeline = source.Start();
        var deliveries = Enumerable.Range(0, 3).Select(value => source.DeliverAsync(value)).ToList();
        await pipeline.SettleAsync().Soon();
        var report = await pipeline.StopAsync(TimeSpan.Zero).Soon();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Abandoned, Is.EqualTo(3));
            Assert.That(report.Unfinished, Is.Empty);
            Assert.That(report.AbandonedByNode.Values.Sum(), Is.EqualTo(3));
            Assert.That(async () => await pipeline.Completion, Throws.InstanceOf<PipelineAbortedException>());
            foreach (var delivery in deliveries)
            {
                Assert.That(async () => await delivery.Soon(), Throws.InstanceOf<ElementAbandonedException>());
            }
        }
    }

    [Test]
    public async Task StopAsync_EnoughTime_DrainsAndReportsNothing()
    {
        var source = new StreamSource<int>();
        var list = source.Buffer(10).MapAsync(async value =>
        {
            await Task.Yield();
            return value;
        }).SinkToList();
        var pipeline = source.Start();
        for (var value = 0; value < 5; value++)
        {
            await source.EmitAsync(value).Soon();
        }

        var report = await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();
        Assert.That((report.Abandoned, list.Count), Is.EqualTo((0L, 5)));
        await pipeline.Completion.Soon();
    }

    [Test]
    public async Task StopAsync_CallbackOnTheTokenThrows_StillReports()
    {
        var source = new StreamSource<int>();
        source.Sink(async (_, aborted) =>
        {
            aborted.Register(() => throw new InvalidOperationException("callback"));
            await Task.Delay(Timeout.Infinite, aborted);
        });
        var pipeline = source.Start();
        await source.EmitAsync(1);
        await pipeline.SettleAsync().Soon();
        var report = await pipeline.StopAsync(TimeSpan.Zero).Soon();
        Assert.That(report.Abandoned, Is.EqualTo(1));
    }

    [Test]
    public async Task StopAsync_EndlessSequenceIsFlattened_Ends()
    {
        static IEnumerable<int> Endless()
        {
            for (var i = 0; ; i = (i + 1) % 1_000)
            {
                yield return i;
            }
        }

        var source = new StreamSource<int>();
        source.Flatten(_ => Endless()).Sink((int _) => { });
        var pipeline = source.Start();
        await source.EmitAsync(1);
        await pipeline.StopAsync(TimeSpan.Zero).Soon();
        await pipeline.Completion.Ended();
        Assert.That(pipeline.Completion.IsFaulted);
    }

    [Test]
    public async Task Start_AfterTheEnd_RunsAgainWithFreshState()
    {
        var source = new StreamSource<int>();
        var list = source.Accumulate(0, (sum, value) => sum + value).SinkToList();
        await source.EmitAsync(1);
        await source.EmitAsync(2);
        await source.CompleteAsync().Soon();
        Assert.That(async () => await source.EmitAsync(3), Throws.InstanceOf<PipelineClosedException>());
        source.Start();
        await source.EmitAsync(10);
        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(new[] { 1, 3, 10 }));
    }

    [Test]
    public async Task DisposeAsync_OfPipeline_DrainsAllSources()
    {
        var first = new StreamSource<int>();
        var second = new StreamSource<int>();
        var list = first.Union(second).Partition(10).SinkToList();
        await using (first.Start())
        {
            await first.EmitAsync(1);
            await second.EmitAsync(2);
        }

        Assert.That(list, Has.Count.EqualTo(1));
        Assert.That(list[0], Is.EquivalentTo(new[] { 1, 2 }));
    }
}
