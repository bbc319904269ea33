using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class PartitionTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test]
    public void Partition_Label_ShowsItsSettings()
    {
        var source = new StreamSource<string>();
        Assert.That(source.Partition(3).Node.Label, Is.EqualTo("partition n=3"));
        Assert.That(source.Partition(3, TimeSpan.FromMilliseconds(1500)).Node.Label, Is.EqualTo("partition n=3 1.5 s"));
        Assert.That(source.Partition(3, text => text.Length).Node.Label, Is.EqualTo("partition n=3 by text => text.Length"));
    }

    [Test]
    public void Partition_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.Partition(0), OutOfRange("n", 0));
        Assert.That(() => source.Partition(2, TimeSpan.Zero), OutOfRange("timeout", TimeSpan.Zero));
        Assert.That(() => source.Partition(2, value => value, maxKeys: 0), OutOfRange("maxKeys", 0));
        Assert.That(() => source.Partition(2, (Func<int, int>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("key"));
    }

    [Test]
    public async Task Partition_Partial_HoldsItsElementsUntilTheEnd()
    {
        var run = new Arrivals<int, IReadOnlyList<int>>(stream => stream.Partition(2));
        var deliveries = new[] { 1, 2, 3 }.Select(value => run.Source.DeliverAsync(value)).ToList();

        Assert.That(await Task.WhenAll(deliveries[..2]).Soon(), Is.All.EqualTo(DeliveryOutcome.Delivered));
        await run.Pipeline.SettleAsync().Soon();
        Assert.That(deliveries[2].IsCompleted, Is.False);

        await run.Source.CompleteAsync().Soon();
        Assert.That(await deliveries[2].Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(run.Values, Is.EqualTo(new int[][] { [1, 2], [3] }));
    }

    [Test]
    public async Task Partition_Timeout_CountsFromTheFirstElementAndAnewAfterASize()
    {
        var run = new Arrivals<int, IReadOnlyList<int>>(stream => stream.Partition(3, 4 * s_second));
        foreach (var value in Enumerable.Range(0, 9))
        {
            // Three at 0, 1 and 2 s: full. Then, from 3 s on, one every two seconds.
            await run.Source.EmitAsync(value);
            await run.Pipeline.AdvanceAsync(run.Clock, value < 3 ? s_second : 2 * s_second, s_second).Soon();
        }

        await run.Source.CompleteAsync().Soon();
        Assert.That(run.Seen.Select(each => (each.Second, each.Value[0], each.Value.Count)).Take(3), Is.EqualTo(new[] { (2.0, 0, 3), (7.0, 3, 2), (11.0, 5, 2) }));
        Assert.That(run.Values.SelectMany(batch => batch), Is.EqualTo(Enumerable.Range(0, 9)));
    }

    [Test]
    public async Task Partition_OneAtATimeWithTimeout_EmitsAtOnceAndLeavesNoTick()
    {
        var run = new Arrivals<int, IReadOnlyList<int>>(stream => stream.Partition(1, s_second));

        await run.Source.EmitAsync(5);
        await run.Pipeline.SettleAsync().Soon();
        Assert.That(run.Seconds, Is.EqualTo(new[] { 0.0 }));

        await run.Pipeline.AdvanceAsync(run.Clock, 10 * s_second, s_second).Soon();
        await run.Source.CompleteAsync().Soon();
        Assert.That(run.Values, Is.EqualTo(new int[][] { [5] }));
    }

    [Test]
    public async Task Partition_KeyAndTimeout_EachKeyHasItsOwnTime()
    {
        var run = new Arrivals<string, IReadOnlyList<string>>(stream => stream.Partition(3, text => text[0], 5 * s_second));
        await run.Source.EmitAsync("a1");
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second).Soon();
        await run.Source.EmitAllAsync(["b1", "a2"]);

        await run.Pipeline.AdvanceAsync(run.Clock, 10 * s_second, s_second).Soon();

        Assert.That(run.Seconds, Is.EqualTo(new[] { 5.0, 7.0 }));
        Assert.That(run.Values, Is.EqualTo(new string[][] { ["a1", "a2"], ["b1"] }));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Partition_MoreKeysThanAllowed_EmitsTheOldestPartial()
    {
        var run = new Arrivals<string, IReadOnlyList<string>>(stream => stream.Partition(2, text => text[0], maxKeys: 2));

        await run.Source.EmitAllAsync(["a1", "b1", "c1", "b2"]);
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values, Is.EqualTo(new string[][] { ["a1"], ["b1", "b2"], ["c1"] }));
    }

    private static NUnit.Framework.Constraints.EqualConstraint OutOfRange(string parameter, object value) =>
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(parameter).And.Property("ActualValue").EqualTo(value);
}
