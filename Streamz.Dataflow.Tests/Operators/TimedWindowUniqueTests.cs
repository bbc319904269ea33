using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(60_000)]
internal sealed class TimedWindowUniqueTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [TestCase(KeptDuplicate.First, 1, new[] { 0, 1, 2, 3 })]
    [TestCase(KeptDuplicate.Last, 1, new[] { 1, 0, 3, 2 })]
    [TestCase(KeptDuplicate.First, 2, new[] { 0, 2 })]
    [TestCase(KeptDuplicate.Last, 2, new[] { 0, 2 })]
    [TestCase(KeptDuplicate.First, 10, new[] { 0 })]
    [Parity("3.1", "test_timed_window_unique", "=")]
    public async Task TimedWindowUnique_OneWindow_HasEachKeyOnce(KeptDuplicate keep, int divisor, int[] expected)
    {
        var run = new Arrivals<int, IReadOnlyList<int>>(stream => stream.TimedWindowUnique(s_second, value => value / divisor, keep, emitEmpty: true));
        await run.Source.EmitAllAsync([0, 1, 0, 2, 3, 2]).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second, s_second).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values.First(), Is.EqualTo(expected));
        Assert.That(run.Values.ElementAt(1), Is.Empty, "The next window begins anew.");
    }

    [TestCase(KeptDuplicate.First)]
    [TestCase(KeptDuplicate.Last)]
    [Defect("D22")]
    public async Task TimedWindowUnique_Duplicates_AreReleased(KeptDuplicate keep)
    {
        var run = new Arrivals<int, IReadOnlyList<int>>(stream => stream.TimedWindowUnique(s_second, keep));
        var deliveries = new[] { run.Source.DeliverAsync(7), run.Source.DeliverAsync(7) };
        await run.Pipeline.AdvanceAsync(run.Clock, s_second / 2).Soon();
        var leftOut = keep == KeptDuplicate.First ? 1 : 0;
        Assert.That(deliveries[1 - leftOut].IsCompleted, Is.False, "It is in the window.");
        Assert.That(await deliveries[leftOut].Soon(), Is.EqualTo(DeliveryOutcome.Delivered), "It is not, and the pipeline is done with it.");
        await run.Pipeline.AdvanceAsync(run.Clock, s_second / 2).Soon();

        Assert.That(await Task.WhenAll(deliveries).Soon(), Is.All.EqualTo(DeliveryOutcome.Delivered));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task TimedWindowUnique_ReplacedFirst_DoesNotProlongTheWindow()
    {
        var run = new Arrivals<int, IReadOnlyList<int>>(stream => stream.TimedWindowUnique(3 * s_second, KeptDuplicate.Last));
        for (var i = 0; i < 4; i++)
        {
            await run.Source.EmitAsync(1).Soon();
            await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        }

        await run.Source.CompleteAsync().Soon();
        Assert.That(run.Seconds, Is.EqualTo(new[] { 3.0, 4.0 }));
    }

    [Test]
    public async Task TimedWindowUnique_ComparerAndNulls_AreKeysLikeOthers()
    {
        var run = new Arrivals<string?, IReadOnlyList<string?>>(stream => stream.TimedWindowUnique(s_second, comparer: StringComparer.OrdinalIgnoreCase));
        await run.Source.EmitAllAsync(["a", null, "A", null, "b"]).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values, Is.EqualTo(new string?[][] { ["a", null, "b"] }));
    }

    [Test]
    public void TimedWindowUnique_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.TimedWindowUnique(TimeSpan.Zero), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("interval"));
        Assert.That(() => source.TimedWindowUnique(s_second, maxCount: 0), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxCount"));
        Assert.That(() => source.TimedWindowUnique(s_second, (KeptDuplicate)9), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("keep"));
        Assert.That(() => source.TimedWindowUnique(s_second, value => Task.FromResult(value)), Throws.TypeOf<ArgumentException>());
        Assert.That(source.TimedWindowUnique(s_second, value => value % 2, KeptDuplicate.Last).Node.Label, Is.EqualTo("timed_window_unique 1 s last by value => value % 2"));
    }
}
