using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(60_000)]
internal sealed class DelayTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private static IEnumerable<TestCaseData> Holding =>
    [
        new TestCaseData((Stream<int> stream) => stream.Delay(s_second)).SetArgDisplayNames("Delay"),
        new TestCaseData((Stream<int> stream) => stream.Latest()).SetArgDisplayNames("Latest"),
        new TestCaseData((Stream<int> stream) => stream.Debounce(s_second)).SetArgDisplayNames("Debounce"),
        new TestCaseData((Stream<int> stream) => stream.Sample(s_second)).SetArgDisplayNames("Sample"),
        new TestCaseData((Stream<int> stream) => stream.TimedWindowUnique(s_second).Flatten()).SetArgDisplayNames("TimedWindowUnique"),
    ];

    [Test]
    [Parity("3.1", "test_delay", "!")]
    [Defect("D1")]
    public async Task Delay_Elements_LeaveLaterWithTheirSpacing()
    {
        var run = new Arrivals<int, int>(stream => stream.Delay(5 * s_second));
        await run.Pipeline.AdvanceAsync(run.Clock, 10 * s_second, s_second).Soon();
        await run.Source.EmitAllAsync([1, 2, 3]).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second, s_second).Soon();
        await run.Source.EmitAsync(4).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second - TimeSpan.FromTicks(1)).Soon();
        Assert.That(run.Seen, Is.Empty);
        await run.Pipeline.AdvanceAsync(run.Clock, TimeSpan.FromTicks(1)).Soon();
        Assert.That(run.Seen, Is.EqualTo(new[] { (15.0, 1), (15.0, 2), (15.0, 3) }));
        await run.Pipeline.AdvanceAsync(run.Clock, 10 * s_second, s_second).Soon();

        Assert.That(run.Seen[^1], Is.EqualTo((17.0, 4)));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    [Parity("3.1", "test_delay_ref_counts", "=")]
    public async Task Delay_HeldElement_IsDeliveredWhenItHasLeft()
    {
        var run = new Arrivals<int, int>(stream => stream.Delay(2 * s_second));
        var first = run.Source.DeliverAsync(1);
        await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        var second = run.Source.DeliverAsync(2);
        await run.Pipeline.AdvanceAsync(run.Clock, s_second / 2).Soon();
        Assert.That(first.IsCompleted, Is.False);
        await run.Pipeline.AdvanceAsync(run.Clock, s_second / 2).Soon();

        Assert.That(await first.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(second.IsCompleted, Is.False);
        await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        Assert.That(await second.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Delay_Full_UpstreamWaitsForTheOldestToLeave()
    {
        var run = new Arrivals<int, int>(stream => stream.Delay(4 * s_second, maxCount: 2));
        var emits = Enumerable.Range(1, 3).Select(value => run.Source.EmitAsync(value).AsTask()).ToList();
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second).Soon();
        Assert.That(emits.ConvertAll(emit => emit.IsCompleted), Is.EqualTo(new[] { true, true, false }));
        await run.Pipeline.AdvanceAsync(run.Clock, 5 * s_second, s_second).Soon();
        await Task.WhenAll(emits).Soon();

        Assert.That(run.Seen, Is.EqualTo(new[] { (4.0, 1), (4.0, 2), (8.0, 3) }));
        Assert.That(run.Pipeline.GetSnapshot().Nodes.Sum(node => node.Queued), Is.Zero, "Every place was given back.");
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Delay_BusyConsumer_TimeRunsFromTheArrival()
    {
        var writer = new GatedWriter<int>();
        var run = new Arrivals<int, int>(stream => stream.Delay(4 * s_second).MapAsync(writer.CallAsync));
        await run.Source.EmitAsync(1).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 4 * s_second, s_second).Soon();
        await run.Source.EmitAsync(2).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second, s_second).Soon();
        writer.FinishCallOf(1);
        await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();

        Assert.That(writer.Started, Is.EqualTo(new[] { 1, 2 }), "It came at 4, while the consumer was busy, and is due at 8, not at 11.");
        writer.FinishCallOf(2);
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Delay_Completion_IsDelayedToo()
    {
        var run = new Arrivals<int, int>(stream => stream.Delay(3 * s_second));
        await run.Source.EmitAsync(1).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        await run.Source.EmitAsync(2).Soon();
        var completed = run.Source.CompleteAsync();
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second, s_second).Soon();
        Assert.That(completed.IsCompleted, Is.False);
        await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        await completed.Soon();

        Assert.That(run.Seen, Is.EqualTo(new[] { (3.0, 1), (4.0, 2) }));
    }

    [Test]
    public async Task Delay_FaultWhileTheEndIsDelayed_EndsAtOnce()
    {
        var run = new Arrivals<int, int>(stream => stream.Delay(TimeSpan.FromDays(1)).Map(value => value == 1 ? throw new FormatException("one") : value));
        var first = run.Source.DeliverAsync(1);
        await run.Pipeline.AdvanceAsync(run.Clock, TimeSpan.FromHours(1)).Soon();
        var second = run.Source.DeliverAsync(2);
        run.Source.Complete();
        await run.Pipeline.AdvanceAsync(run.Clock, TimeSpan.FromHours(23)).Soon();

        Assert.That(async () => await first.Soon(), Throws.TypeOf<NodeFailedException>());
        Assert.That(async () => await second.Soon(), Throws.TypeOf<ElementAbandonedException>(), "Nobody waits for the hour that is left.");
        Assert.That(async () => await run.Pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>());
    }

    /// <summary>The sink fails on the first element, and everything goes on with the next.</summary>
    [TestCaseSource(nameof(Holding))]
    public async Task Holding_FailureBehindIt_LosesOneElementOnly(Func<Stream<int>, Stream<int>> build)
    {
        var run = new Arrivals<int, int>(
            stream => build(stream).Map(value => value == 1 ? throw new FormatException("one") : value),
            new StreamOptions { OnError = ErrorPolicy.Skip });
        for (var value = 1; value <= 3; value++)
        {
            await run.Source.EmitAsync(value).Soon();
            await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second, s_second).Soon();
        }

        await run.Source.CompleteAsync().Soon();
        Assert.That(run.Values, Is.EqualTo(new[] { 2, 3 }));
    }

    [Test]
    public async Task Delay_NobodyWantsMore_EndsAtOnce()
    {
        var run = new Arrivals<int, int>(stream => stream.Delay(TimeSpan.FromDays(1)).Take(1));
        var first = run.Source.DeliverAsync(1);
        await run.Pipeline.AdvanceAsync(run.Clock, TimeSpan.FromHours(1)).Soon();
        var second = run.Source.DeliverAsync(2);
        await run.Pipeline.AdvanceAsync(run.Clock, TimeSpan.FromHours(23)).Soon();
        await run.Pipeline.Completion.Soon();

        Assert.That(await first.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(await second.Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
    }

    [Test]
    public async Task Delay_TargetOfAFeedbackEdge_DelaysEachRound()
    {
        var run = new Arrivals<int, int>(stream =>
        {
            var delayed = stream.Delay(2 * s_second, maxCount: 1);
            delayed.Filter(value => value < 3).Map(value => value + 1).Feedback(delayed, 2);
            return delayed;
        });
        await run.Source.EmitAsync(1).Soon();
        var completed = run.Source.CompleteAsync();
        await run.Pipeline.AdvanceAsync(run.Clock, 7 * s_second, s_second).Soon();
        await completed.Soon();
        await run.Pipeline.Completion.Soon();

        Assert.That(run.Seen, Is.EqualTo(new[] { (2.0, 1), (4.0, 2), (6.0, 3) }));
    }

    [Test]
    public async Task Delay_LongerThanATimerCanBeSetFor_IsKept()
    {
        var run = new Arrivals<int, int>(stream => stream.Delay(TimeSpan.FromDays(100)));
        await run.Source.EmitAsync(1).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, TimeSpan.FromDays(60), TimeSpan.FromDays(10)).Soon();
        var completed = run.Source.CompleteAsync();
        await run.Pipeline.AdvanceAsync(run.Clock, TimeSpan.FromDays(39), TimeSpan.FromDays(3)).Soon();
        Assert.That(completed.IsCompleted, Is.False);
        await run.Pipeline.AdvanceAsync(run.Clock, TimeSpan.FromDays(1)).Soon();
        await completed.Soon();

        Assert.That(run.Seconds, Is.EqualTo(new[] { TimeSpan.FromDays(100).TotalSeconds }));
    }

    [Test]
    public void Delay_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.Delay(TimeSpan.Zero), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("time"));
        Assert.That(() => source.Delay(s_second, 0), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxCount"));
        Assert.That(source.Delay(s_second).Node.Label, Is.EqualTo("delay 1 s"));
    }
}
