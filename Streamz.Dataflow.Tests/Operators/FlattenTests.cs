using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class FlattenTests
{
    [Test, DefaultMode]
    public async Task Flatten_SlowSink_PullsOneItemAtATime()
    {
        var source = new StreamSource<IEnumerable<int>>();
        var pulled = 0;
        var started = Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource()).ToList();
        var finished = Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource()).ToList();
        source.Flatten().Sink((int item) =>
        {
            started[item].SetResult();
            return finished[item].Task;
        });
        var pipeline = source.Start();
        var delivery = source.DeliverAsync(Enumerable.Range(0, 4).Select(item =>
        {
            pulled++;
            return item;
        }));

        for (var item = 0; item < 4; item++)
        {
            await started[item].Task.Soon();
            await pipeline.SettleAsync().Soon();
            Assert.That((pulled, delivery.IsCompleted), Is.EqualTo((item + 1, false)));
            finished[item].SetResult();
        }

        Assert.That(await delivery.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Flatten_EmptySequence_IsDeliveredAtOnce()
    {
        var source = new StreamSource<int[]>();
        var results = source.Flatten().SinkToList();

        Assert.That(await source.DeliverAsync([]).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
        Assert.That(results, Is.Empty);
    }

    [Test]
    public async Task Flatten_SequenceFailsInTheMiddle_ItemsBeforeItWentOn()
    {
        var source = new StreamSource<int>();
        var results = source.Flatten(Failing, new NodeOptions { OnError = ErrorPolicy.Skip }).SinkToList();

        Assert.That(await source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await source.CompleteAsync().Soon();
        Assert.That(results, Is.EqualTo(new[] { 1, 2 }));

        static IEnumerable<int> Failing(int first)
        {
            yield return first;
            yield return first + 1;
            throw new FormatException();
        }
    }

    [Test]
    public async Task Flatten_NullSequence_FailsTheElement()
    {
        var source = new StreamSource<List<int>>();
        source.Flatten().SinkToList();

        Assert.That(async () => await source.DeliverAsync(null!), Throws.TypeOf<NodeFailedException>().With.Message.Contains("sequence to flatten is null"));
        await source.DisposeAsync();
    }

    [Test]
    public void Flatten_NullSelector_NamesTheParameter() =>
        Assert.That(
            () => new StreamSource<int>().Flatten((Func<int, IEnumerable<int>>)null!),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("items"));
}
