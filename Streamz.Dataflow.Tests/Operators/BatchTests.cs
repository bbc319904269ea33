using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(60_000)]
internal sealed class BatchTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test]
    public async Task Batch_TooHeavyAlone_IsABatchOfItsOwn()
    {
        var source = new StreamSource<int>();
        var batches = source.Batch(10, 6, value => value).SinkToList();
        await source.EmitAllAsync([1, 2, 9, 3, 3, 4, 1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(batches, Is.EqualTo(new int[][] { [1, 2], [9], [3, 3], [4, 1], [2] }));
    }

    [Test]
    public async Task Batch_LargestWeights_DoNotOverflow()
    {
        var source = new StreamSource<long>();
        var batches = source.Batch(10, long.MaxValue, value => value).SinkToList();
        await source.EmitAllAsync([1, long.MaxValue, long.MaxValue, 0, 1]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(batches, Is.EqualTo(new long[][] { [1], [long.MaxValue], [long.MaxValue], [0, 1] }));
    }

    [Test]
    public async Task Batch_CountWeightOrAge_WhicheverIsFirst()
    {
        var run = new Arrivals<int, IReadOnlyList<int>>(stream => stream.Batch(3, 10, value => value, 5 * s_second));
        await run.Source.EmitAllAsync([1, 1, 1, 8, 2, 4]).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 4 * s_second, s_second).Soon();
        await run.Source.EmitAsync(5).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second, s_second).Soon();

        Assert.That(run.Values, Is.EqualTo(new int[][] { [1, 1, 1], [8, 2], [4, 5] }));
        Assert.That(run.Seconds, Is.EqualTo(new[] { 0.0, 0.0, 5.0 }), "The age is that of the first element.");
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Batch_Members_AreDeliveredTogether()
    {
        var source = new StreamSource<int>();
        source.Batch(2).SinkToList();
        var pipeline = source.Start();
        var first = source.DeliverAsync(1);
        await pipeline.SettleAsync().Soon();
        Assert.That(first.IsCompleted, Is.False);
        var second = source.DeliverAsync(2);

        Assert.That(await Task.WhenAll(first, second).Soon(), Is.All.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Batch_NegativeWeight_FailsTheElementAlone()
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var batches = source.Batch(2, 10, value => value).SinkToList();
        await source.EmitAllAsync([1, -1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(batches, Is.EqualTo(new int[][] { [1, 2] }));
    }

    [Test]
    public void Batch_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.Batch(0), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxCount"));
        Assert.That(() => source.Batch(1, TimeSpan.Zero), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxAge"));
        Assert.That(() => source.Batch(1, 0, value => value), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxWeight"));
        Assert.That(source.Batch(9, 100, value => value, s_second).Node.Label, Is.EqualTo("batch n=9 weight=100 by value => value 1 s"));
    }
}
