using System.Collections.ObjectModel;
using Streamz.Dataflow.Tests.Runtime;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture, CancelAfter(30_000)]
internal sealed class LotsTests
{
    [Test]
    public async Task EmitAllAsync_AListLongerThanALot_ComesInOrder([Values(0, 1, 255, 256, 257, 1_000)] int count, [Values(1, 128)] int capacity)
    {
        var source = new StreamSource<int>(new StreamOptions { Capacity = capacity });
        var list = source.SinkToList();

        await source.EmitAllAsync(Enumerable.Range(0, count).ToList()).Soon();

        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(Enumerable.Range(0, count)));
    }

    [Test]
    public async Task EmitAllAsync_TheListIsChangedMeanwhile_IsToldBehindWhatWasRead()
    {
        var numbers = Enumerable.Range(0, 600).ToList();
        var source = new StreamSource<int>(new StreamOptions { Capacity = 20 });
        var turnstile = new Turnstile();
        var list = source.MapAsync(turnstile.PassAsync).SinkToList();
        var pipeline = source.Start();
        var emit = source.EmitAllAsync(numbers).AsTask();
        await pipeline.WhenSettledAsync().Soon();

        numbers.Add(600);
        turnstile.Open();

        Assert.That(async () => await emit.Soon(), Throws.InvalidOperationException);
        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 256)), "The first lot was read before.");
    }

    [Test]
    public void FromEnumerable_CollectionThrows_StopsAfterTheItemsBefore([Values(0, 2, 256, 300)] int good)
    {
        var list = StreamSource.FromEnumerable(new FailingCollection(good)).SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion);

        Assert.That(failure!.InnerException, Is.TypeOf<InvalidDataException>());
        Assert.That(list, Is.EqualTo(Enumerable.Range(0, good)));
    }

    [Test]
    public async Task FromEnumerable_StoppedInTheMiddleOfALot_TheRestOfItIsNotEmitted()
    {
        var turnstile = new Turnstile();
        var pipeline = StreamSource.FromEnumerable(Enumerable.Range(0, 600).ToList()).MapAsync(turnstile.PassAsync).Sink(_ => { }).Start();
        await pipeline.WhenSettledAsync().Soon();

        var stop = pipeline.StopAsync(Timeout.InfiniteTimeSpan);
        turnstile.Open();
        var report = await stop.Soon();

        Assert.That(report.Abandoned, Is.Zero);
        var nodes = pipeline.GetSnapshot().Nodes;
        Assert.That(nodes[0].Received, Is.LessThan(256));
        Assert.That(nodes[^1].Received, Is.EqualTo(nodes[0].Received));
    }

    private sealed class FailingCollection(int good) : ReadOnlyCollection<int>([]), ICollection<int>, IEnumerable<int>
    {
        int ICollection<int>.Count => 1_000;

        IEnumerator<int> IEnumerable<int>.GetEnumerator()
        {
            for (var i = 0; i < good; i++)
            {
                yield return i;
            }

            throw new InvalidDataException("no more");
        }
    }
}
