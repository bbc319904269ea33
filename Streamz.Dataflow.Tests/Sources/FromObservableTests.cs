using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture]
internal sealed class FromObservableTests
{
    [Test, CancelAfter(30_000)]
    public async Task FromObservable_Completed_EndsAfterAllElements()
    {
        var observable = new HotObservable<int>();
        var list = StreamSource.FromObservable(observable).SinkToList();
        var pipeline = list.Start();
        var observer = await observable.Subscribed.Soon();

        for (var i = 0; i < 100; i++)
        {
            observer.OnNext(i);
        }

        observer.OnCompleted();
        observer.OnNext(100);
        await pipeline.Completion.Soon();

        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 100)));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromObservable_Error_FailsAfterTheElementsBefore()
    {
        var observable = new HotObservable<int>();
        var list = StreamSource.FromObservable(observable).Named("ticks").SinkToList();
        var pipeline = list.Start();
        var observer = await observable.Subscribed.Soon();

        observer.OnNext(1);
        observer.OnError(new InvalidDataException("no more"));

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => pipeline.Completion.Soon());
        Assert.That(failure!.NodeName, Is.EqualTo("ticks"));
        Assert.That(failure.InnerException, Is.TypeOf<InvalidDataException>());
        Assert.That(list, Is.EqualTo(new[] { 1 }));
    }

    [Test, CancelAfter(30_000)]
    public void FromObservable_SubscribeThrows_FailsTheRun()
    {
        var list = StreamSource.FromObservable(new GivingObservable<int>(_ => throw new InvalidDataException("closed"))).SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion.Soon());

        Assert.That(failure!.InnerException, Is.TypeOf<InvalidDataException>());
    }

    [Test, CancelAfter(30_000)]
    public async Task FromObservable_PipelineStops_UnsubscribesAndCountsWhatWaited()
    {
        var observable = new HotObservable<int>();
        var held = new HeldSink();
        var pipeline = StreamSource.FromObservable(observable).Sink(held.WriteAsync).Start();
        var observer = await observable.Subscribed.Soon();
        for (var i = 0; i < 50; i++)
        {
            observer.OnNext(i);
        }

        await held.Arrived.Soon();
        var stopping = pipeline.StopAsync(Timeout.InfiniteTimeSpan);
        held.Release();
        await stopping.Soon();

        await observable.Disposed.Soon();
        Assert.That(held.Written, Is.EqualTo(Enumerable.Range(0, held.Written.Count)));
        Assert.That(held.Written.Count + pipeline.GetSnapshot().Nodes[0].Dropped, Is.EqualTo(50));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromObservable_FullByDefault_FailsAndNamesTheCure()
    {
        var (pipeline, held) = await GiveHundredAsync(ObservableFullMode.Fault);
        held.Release();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => pipeline.Completion.Soon());

        Assert.That(failure!.InnerException, Is.TypeOf<PipelineFullException>().With.Message.Contains("while 2 waited").And.Message.Contains("Block"));
        Assert.That(held.Written, Is.EqualTo(Enumerable.Range(0, held.Written.Count)));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromObservable_DropOldest_KeepsTheNewestAndCountsTheRest()
    {
        var (pipeline, held) = await GiveHundredAsync(ObservableFullMode.DropOldest);
        held.Release();
        await pipeline.Completion.Soon();

        Assert.That(held.Written, Is.Ordered.Ascending);
        Assert.That(held.Written[^2..], Is.EqualTo(new[] { 98, 99 }));
        Assert.That(held.Written.Count + pipeline.GetSnapshot().Nodes[0].Dropped, Is.EqualTo(100));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromObservable_DropNewest_KeepsTheOldestAndCountsTheRest()
    {
        var (pipeline, held) = await GiveHundredAsync(ObservableFullMode.DropNewest);
        held.Release();
        await pipeline.Completion.Soon();

        Assert.That(held.Written, Is.Ordered.Ascending);
        Assert.That(held.Written[..2], Is.EqualTo(new[] { 0, 1 }));
        Assert.That(held.Written, Has.Count.LessThanOrEqualTo(100));
        Assert.That(held.Written.Count + pipeline.GetSnapshot().Nodes[0].Dropped, Is.EqualTo(100));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromObservable_StoppedWhileAThreadIsBlocked_LetsItGo()
    {
        var given = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = new HeldSink();
        var observable = new GivingObservable<int>(observer =>
        {
            for (var i = 0; i < 100; i++)
            {
                observer.OnNext(i);
            }

            given.SetResult();
        });
        var pipeline = StreamSource.FromObservable(observable, capacity: 1, ObservableFullMode.Block).Sink(held.WriteAsync).Start();
        await held.Arrived.Soon();
        Assert.That(given.Task.IsCompleted, Is.False);

        var stopping = pipeline.StopAsync(Timeout.InfiniteTimeSpan);
        held.Release();
        await stopping.Soon();
        await given.Task.Soon();

        Assert.That(held.Written, Is.EqualTo(Enumerable.Range(0, held.Written.Count)));
    }

    [Test]
    public void FromObservable_BadArguments_AreRefused()
    {
        var observable = new HotObservable<int>();

        Assert.That(() => StreamSource.FromObservable(observable, capacity: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => StreamSource.FromObservable(observable, whenFull: (ObservableFullMode)9), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("DropOldest"));
    }

    /// <summary>Two may wait, the sink does not move, and a hundred are given.</summary>
    private static async Task<(Pipeline Pipeline, HeldSink Held)> GiveHundredAsync(ObservableFullMode whenFull)
    {
        var observable = new HotObservable<int>();
        var held = new HeldSink();
        var pipeline = StreamSource.FromObservable(observable, capacity: 2, whenFull).Sink(held.WriteAsync).Start();
        var observer = await observable.Subscribed.Soon();
        for (var i = 0; i < 100; i++)
        {
            observer.OnNext(i);
        }

        observer.OnCompleted();
        return (pipeline, held);
    }

    private sealed class HeldSink
    {
        private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<int> Written { get; } = [];

        public Task Arrived => _arrived.Task;

        public void Release() => _release.SetResult();

        public async Task WriteAsync(int value)
        {
            _arrived.TrySetResult();
            await _release.Task;
            Written.Add(value);
        }
    }
}
