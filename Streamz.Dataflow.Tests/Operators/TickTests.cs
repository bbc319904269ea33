using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

/// <summary>What stages with a clock do when their tick comes before its time, or is needed no more.</summary>
[CancelAfter(60_000)]
internal sealed class TickTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    /// <summary>Without places of its own, the node in front of a consumer that waits has one, and what comes behind arrives only when it is free.</summary>
    private static readonly NodeOptions s_roomy = new() { Capacity = 8 };

    /// <summary>No timer takes more than some days, so that the tick of thirty days comes before its time.</summary>
    [TestCaseSource(nameof(OfThirtyDays))]
    public async Task Tick_BeforeItsTime_IsAskedForAgain(Func<Stream<int>, Stream<string>> build)
    {
        var run = new Arrivals<int, string>(build);
        await run.Source.EmitAsync(1).Soon();

        await run.Pipeline.AdvanceAsync(run.Clock, 29 * s_day, s_day).Soon();
        Assert.That(run.Values, Is.Empty);
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_day, s_day).Soon();

        Assert.That(run.Values, Is.EqualTo(new[] { "1" }));
        await run.Source.CompleteAsync().Soon();
    }

    private static IEnumerable<TestCaseData> OfThirtyDays()
    {
        yield return Stage("batch", source => source.Batch(10, maxAge: 30 * s_day).Map(Text));
        yield return Stage("partition", source => source.Partition(10, timeout: 30 * s_day).Map(Text));
        yield return Stage("partition unique", source => source.PartitionUnique(10, timeout: 30 * s_day).Map(Text));
        yield return Stage("timed window", source => source.TimedWindow(30 * s_day).Map(Text));
        yield return Stage("timed window unique", source => source.TimedWindowUnique(30 * s_day, x => x).Map(Text));
        yield return Stage("debounce", source => source.Debounce(30 * s_day).Map(x => $"{x}"));
        yield return Stage("sample", source => source.Sample(30 * s_day).Map(x => $"{x}"));
        yield return Stage("delay", source => source.Delay(30 * s_day).Map(x => $"{x}"));
    }

    /// <summary>What a tick was asked for has happened without it: nothing waits for the clock any more.</summary>
    [TestCaseSource(nameof(FullOfTwo))]
    public async Task Tick_OfAWindowThatIsFullBefore_IsTakenBack(Func<Stream<int>, Stream<string>> build)
    {
        var run = new Arrivals<int, string>(build);
        await run.Source.EmitAllAsync([1, 2]).Soon();

        await run.Pipeline.WhenIdleAsync().Soon();

        Assert.That(run.Values, Is.EqualTo(new[] { "1 2" }));
        await run.Source.CompleteAsync().Soon();
    }

    private static IEnumerable<TestCaseData> FullOfTwo()
    {
        yield return Stage("batch", source => source.Batch(2, maxAge: s_second).Map(Text));
        yield return Stage("partition", source => source.Partition(2, timeout: s_second).Map(Text));
        yield return Stage("partition by key", source => source.Partition(2, key: _ => 0, timeout: s_second).Map(Text));
        yield return Stage("partition unique", source => source.PartitionUnique(2, timeout: s_second).Map(Text));
        yield return Stage("timed window", source => source.TimedWindow(s_second, maxCount: 2).Map(Text));
    }

    [Test]
    public async Task Debounce_TickThatIsLate_TheElementBeforeIsNotLost()
    {
        var writer = new GatedWriter<int>();
        var run = new Arrivals<int, int>(stream => stream.Debounce(2 * s_second, s_roomy).MapAsync(writer.CallAsync));
        var deliveries = new List<Task<DeliveryOutcome>> { run.Source.DeliverAsync(1) };
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second).Soon();
        Assert.That(writer.Started, Is.EqualTo(new[] { 1 }), "The consumer is busy from now on.");

        deliveries.Add(run.Source.DeliverAsync(2));
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second).Soon();
        deliveries.Add(run.Source.DeliverAsync(3));
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second).Soon();
        writer.FinishCallOf(1);
        await run.Pipeline.SettleAsync().Soon();
        Assert.That(writer.Started, Is.EqualTo(new[] { 1, 2 }), "It was quiet after the second, too.");
        writer.Finish();
        await run.Pipeline.SettleAsync().Soon();
        writer.Finish();

        Assert.That(await Task.WhenAll(deliveries).Soon(), Is.All.EqualTo(DeliveryOutcome.Delivered));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Sample_TickThatIsLate_TheElementOfTheIntervalBeforeIsNotLost()
    {
        var writer = new GatedWriter<int>();
        var run = new Arrivals<int, int>(stream => stream.Sample(2 * s_second, s_roomy).MapAsync(writer.CallAsync));
        var deliveries = new List<Task<DeliveryOutcome>> { run.Source.DeliverAsync(1) };
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second).Soon();
        Assert.That(writer.Started, Is.EqualTo(new[] { 1 }), "The consumer is busy from now on.");

        deliveries.Add(run.Source.DeliverAsync(2));
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second).Soon();
        deliveries.Add(run.Source.DeliverAsync(3));
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second).Soon();
        writer.FinishCallOf(1);
        await run.Pipeline.SettleAsync().Soon();
        Assert.That(writer.Started, Is.EqualTo(new[] { 1, 2 }));
        writer.Finish();
        await run.Pipeline.SettleAsync().Soon();
        writer.Finish();

        Assert.That(await Task.WhenAll(deliveries).Soon(), Is.All.EqualTo(DeliveryOutcome.Delivered));
        await run.Source.CompleteAsync().Soon();
    }

    private static string Text(IReadOnlyList<int> window) => string.Join(' ', window);

    private static TestCaseData Stage(string name, Func<Stream<int>, Stream<string>> build) => new TestCaseData(build).SetArgDisplayNames(name);
}
