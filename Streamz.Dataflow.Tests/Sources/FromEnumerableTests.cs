namespace Streamz.Dataflow.Tests.Sources;

[TestFixture]
internal sealed class FromEnumerableTests
{
    [Test, CancelAfter(30_000)]
    public async Task FromEnumerable_Sequence_ComesInOrderAndEnds()
    {
        var list = StreamSource.FromEnumerable(Enumerable.Range(0, 1000)).SinkToList();

        await list.Start().Completion;

        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 1000)));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromEnumerable_SecondRun_EnumeratesAnew()
    {
        var list = StreamSource.FromEnumerable([1, 2]).SinkToList();

        await list.Start().Completion;
        await list.Start().Completion;

        Assert.That(list, Is.EqualTo(new[] { 1, 2, 1, 2 }));
    }

    [Test, CancelAfter(30_000)]
    public void FromEnumerable_SequenceThrows_StopsAfterTheItemsBefore()
    {
        var list = StreamSource.FromEnumerable(Failing()).Named("items").SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion);

        Assert.That(failure!.NodeName, Is.EqualTo("items"));
        Assert.That(failure.InnerException, Is.TypeOf<InvalidDataException>());
        Assert.That(list, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromEnumerable_SlowSink_PullsNoMoreThanOneAhead()
    {
        var pulled = 0;
        var release = new TaskCompletionSource();
        var pipeline = StreamSource.FromEnumerable(Counted()).Sink(async _ => await release.Task).Start();

        await pipeline.WhenSettledAsync();
        var pulledWhileHeld = pulled;
        release.SetResult();
        await pipeline.Completion;

        Assert.That(pulledWhileHeld, Is.EqualTo(2), "One is being written, one waits for its place.");
        Assert.That(pulled, Is.EqualTo(100));

        IEnumerable<int> Counted()
        {
            for (var i = 0; i < 100; i++)
            {
                pulled++;
                yield return i;
            }
        }
    }

    [Test, CancelAfter(30_000)]
    public async Task FromEnumerable_PipelineStops_EndsBetweenTwoItemsAndDisposesTheEnumerator()
    {
        var disposed = false;
        var pipeline = StreamSource.FromEnumerable(Endless()).Sink(_ => { }).Start();

        var report = await pipeline.StopAsync(Timeout.InfiniteTimeSpan);

        Assert.That(report.Abandoned, Is.Zero);
        Assert.That(disposed, Is.True);

        IEnumerable<int> Endless()
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    yield return i;
                }
            }
            finally
            {
                disposed = true;
            }
        }
    }

    private static IEnumerable<int> Failing()
    {
        yield return 1;
        yield return 2;
        throw new InvalidDataException("no more");
    }
}
