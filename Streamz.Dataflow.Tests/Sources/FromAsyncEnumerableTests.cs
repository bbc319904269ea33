using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture]
internal sealed class FromAsyncEnumerableTests
{
    [Test, CancelAfter(30_000)]
    public async Task FromAsyncEnumerable_Sequence_ComesInOrderAndEnds()
    {
        var list = StreamSource.FromAsyncEnumerable(Yielding(100)).SinkToList();

        await list.Start().Completion;

        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 100)));
    }

    [Test, CancelAfter(30_000)]
    public void FromAsyncEnumerable_SequenceThrows_StopsAfterTheItemsBefore()
    {
        var list = StreamSource.FromAsyncEnumerable(Failing()).Named("items").SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion);

        Assert.That(failure!.NodeName, Is.EqualTo("items"));
        Assert.That(failure.InnerException, Is.TypeOf<InvalidDataException>());
        Assert.That(list, Is.EqualTo(new[] { 1 }));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromAsyncEnumerable_PipelineStopsWhileItWaits_IsCancelledAndEndsNormally()
    {
        var cancelled = false;
        var list = StreamSource.FromAsyncEnumerable(WaitingAfterOne()).SinkToList();
        var pipeline = list.Start();
        await pipeline.WhenSettledAsync();

        await pipeline.StopAsync(Timeout.InfiniteTimeSpan);

        await pipeline.Completion;
        Assert.That(list, Is.EqualTo(new[] { 1 }));
        Assert.That(cancelled, Is.True);

        async IAsyncEnumerable<int> WaitingAfterOne([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            yield return 1;
            try
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            finally
            {
                cancelled = cancellation.IsCancellationRequested;
            }
        }
    }

    private static async IAsyncEnumerable<int> Yielding(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> Failing()
    {
        yield return 1;
        await Task.Yield();
        throw new InvalidDataException("no more");
    }
}
