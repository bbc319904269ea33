using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;
using Streamz.Dataflow.Tests.Runtime;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(60_000)]
internal sealed class GroupByTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test]
    public async Task GroupBy_EachKey_HasAStateOfItsOwnAndComesOutWithTheResult()
    {
        var source = new StreamSource<(string Customer, int Total)>();
        var totals = source.GroupBy(order => order.Customer, group => group.Accumulate(0, (sum, order) => sum + order.Total)).SinkToList();

        await source.EmitAllAsync([("a", 1), ("b", 10), ("a", 2), ("b", 20), ("a", 3)]);
        await source.CompleteAsync().Soon();

        Assert.That(totals.Select(pair => (pair.Key, pair.Value)), Is.EqualTo(new[] { ("a", 1), ("b", 10), ("a", 3), ("b", 30), ("a", 6) }));
    }

    [Test]
    public async Task GroupBy_Body_IsCalledOnceAndItsStagesAreFreshInEveryGroupAndRun()
    {
        var bodies = 0;
        var source = new StreamSource<int>();
        var sums = source.GroupBy(
            value => value % 2,
            group =>
            {
                bodies++;
                return group.Accumulate((sum, value) => sum + value);
            }).Map(pair => pair.Value).SinkToList();
        for (var run = 0; run < 2; run++)
        {
            source.Start();
            await source.EmitAllAsync([1, 2, 3]);
            await source.CompleteAsync().Soon();
        }

        Assert.That(bodies, Is.EqualTo(1));
        Assert.That(sums, Is.EqualTo(new[] { 1, 2, 4, 1, 2, 4 }));
    }

    [Test]
    public async Task GroupBy_Comparer_TellsKeysApart()
    {
        var source = new StreamSource<string>();
        var counts = source
            .GroupBy(word => word, group => group.Accumulate(0, (count, _) => count + 1), comparer: StringComparer.OrdinalIgnoreCase)
            .Map(pair => $"{pair.Key} {pair.Value}").SinkToList();

        await source.EmitAllAsync(["Tea", "tea", "TEA"]);
        await source.CompleteAsync().Soon();

        Assert.That(counts, Is.EqualTo(new[] { "Tea 1", "Tea 2", "Tea 3" }));
    }

    [Test]
    public async Task GroupBy_OneGroupMoreThanMax_FlushesTheLeastRecentlyUsedAndForgetsIt()
    {
        var source = new StreamSource<int>();
        var lists = source
            .GroupBy(value => value % 10, group => group.Partition(3), new GroupByOptions { MaxGroups = 2 })
            .Map(pair => $"{pair.Key}: {string.Join(' ', pair.Value)}").SinkToList();
        var pipeline = source.Start();
        var first = source.DeliverAsync(1);
        await source.EmitAllAsync([2, 11, 3]);
        await pipeline.SettleAsync().Soon();

        Assert.That(lists, Is.EqualTo(new[] { "2: 2" }), "1 was used after 2.");
        Assert.That(first.IsCompleted, Is.False);
        await source.EmitAllAsync([22]);
        Assert.That(await first.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await pipeline.SettleAsync().Soon();
        Assert.That(lists, Is.EqualTo(new[] { "2: 2", "1: 1 11" }));

        await source.CompleteAsync().Soon();
        Assert.That(lists.Skip(2), Is.EqualTo(new[] { "3: 3", "2: 22" }), "In the order in which the groups began; that of 2 is a fresh one.");
    }

    [Test]
    public async Task GroupBy_FullAndFault_FailsTheElementOnly()
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var passed = source.GroupBy(value => value, group => group, new GroupByOptions { MaxGroups = 1, WhenFull = GroupsFullMode.Fault }).SinkToList();

        await source.EmitAsync(1);
        Assert.That(await source.DeliverAsync(2).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await source.EmitAsync(1);
        await source.CompleteAsync().Soon();

        Assert.That(passed.Select(pair => pair.Key), Is.EqualTo(new[] { 1, 1 }));
    }

    [Test]
    public async Task GroupBy_FullAndFault_SaysHowToMakeRoom()
    {
        var source = new StreamSource<int>();
        source.GroupBy(value => value, group => group, new GroupByOptions { MaxGroups = 1, WhenFull = GroupsFullMode.Fault }, options: new NodeOptions { Name = "by id" }).SinkToList();
        await source.EmitAsync(1);

        Assert.That(
            async () => await source.DeliverAsync(2).Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("by id").And.InnerException.Message.Contains("Raise GroupByOptions.MaxGroups"));
        await source.DisposeAsync();
    }

    [Test]
    public async Task GroupBy_Idle_EndsTheGroupAtItsTime()
    {
        var run = new Arrivals<int, string>(stream => stream
            .GroupBy(value => value % 2, group => group.Accumulate((sum, value) => sum + value), new GroupByOptions { IdleTimeout = 5 * s_second })
            .Map(pair => $"{pair.Key}: {pair.Value}"));
        await run.Source.EmitAllAsync([1, 2]);
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second, s_second).Soon();
        await run.Source.EmitAsync(3);
        await run.Pipeline.AdvanceAsync(run.Clock, 4 * s_second, s_second).Soon();
        await run.Source.EmitAllAsync([5, 4]);
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values, Is.EqualTo(new[] { "1: 1", "0: 2", "1: 4", "1: 9", "0: 4" }), "That of 0 was idle for seven seconds.");
    }

    [Test]
    public async Task GroupBy_ClocksOfTheGroups_GoBesideOneAnother()
    {
        var run = new Arrivals<int, string>(stream => stream
            .GroupBy(value => value % 10, group => group.TimedWindow(5 * s_second))
            .Map(pair => $"{pair.Key}: {string.Join(' ', pair.Value)}"));
        foreach (var value in new[] { 1, 2, 11, 3 })
        {
            await run.Source.EmitAsync(value);
            await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        }

        await run.Pipeline.AdvanceAsync(run.Clock, 10 * s_second, s_second).Soon();

        Assert.That(run.Seen.Select(each => (each.Second, each.Value)), Is.EqualTo(new[] { (5.0, "1: 1 11"), (6.0, "2: 2"), (8.0, "3: 3") }));
        await run.Pipeline.WhenIdleAsync().Soon();
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task GroupBy_TenThousandKeysWithTimers_EachEmitsAtItsTime()
    {
        const int keys = 10_000;
        var run = new Arrivals<int, KeyValuePair<int, IReadOnlyList<int>>>(stream => stream.GroupBy(value => value % keys, group => group.TimedWindow(10 * s_second)));
        await run.Source.EmitAllAsync(Enumerable.Range(0, 2 * keys));
        await run.Pipeline.AdvanceAsync(run.Clock, 10 * s_second).Soon();

        Assert.That(run.Values.Select(pair => pair.Key), Is.EqualTo(Enumerable.Range(0, keys)));
        Assert.That(run.Values.Select(pair => pair.Value.Count), Is.All.EqualTo(2));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task GroupBy_DelegateOfTheBodyFails_FailsUnderTheNameOfItsNode()
    {
        var source = new StreamSource<int>();
        var lists = source.GroupBy(value => value % 2, group => group.Map(value => 10 / value).Named("divide").Partition(5)).SinkToList();
        var held = source.DeliverAsync(5);

        Assert.That(
            async () => await source.DeliverAsync(0).Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("divide").And.InnerException.TypeOf<DivideByZeroException>());
        Assert.That(async () => await held.Soon(), Throws.TypeOf<ElementAbandonedException>());
        Assert.That(lists, Is.Empty, "After a fault nothing is flushed.");
        await source.DisposeAsync();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task GroupBy_NodeOfTheBodySkips_LosesTheElementOnly(bool statedInside)
    {
        var source = new StreamSource<int>();
        var skip = new NodeOptions { OnError = ErrorPolicy.Skip };
        var results = source.GroupBy(value => value % 2, group => group.Map(value => 10 / value, options: statedInside ? skip : null), options: statedInside ? null : skip).SinkToList();

        Assert.That(await source.DeliverAsync(0).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        Assert.That(await source.DeliverAsync(2).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
        Assert.That(results.Single().Value, Is.EqualTo(5));
    }

    [Test]
    public async Task GroupBy_EndlessSequenceInTheBody_EndsWhenThePipelineFails()
    {
        static IEnumerable<int> Endless()
        {
            while (true)
            {
                yield return 0;
            }
        }

        var source = new StreamSource<int>();
        source.GroupBy(value => value, group => group.Flatten(_ => Endless()).Filter(item => item == 0)).Sink(_ => throw new FormatException());

        Assert.That(async () => await source.DeliverAsync(1).Soon(), Throws.TypeOf<NodeFailedException>());
        await source.DisposeAsync();
    }

    [Test]
    public async Task GroupBy_TakeInTheBody_EndsEachGroupForItself()
    {
        var source = new StreamSource<int>();
        var lists = source.GroupBy(value => value % 2, group => group.Take(2).Partition(3)).Map(pair => string.Join(' ', pair.Value)).SinkToList();
        var pipeline = source.Start();

        var deliveries = new[] { 1, 3, 2 }.Select(value => source.DeliverAsync(value)).ToList();
        await pipeline.SettleAsync().Soon();
        Assert.That(lists, Is.EqualTo(new[] { "1 3" }), "What is behind the end is flushed.");
        Assert.That(await source.DeliverAsync(5).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));

        deliveries.Add(source.DeliverAsync(4));
        await source.CompleteAsync().Soon();
        Assert.That(lists, Is.EqualTo(new[] { "1 3", "2 4" }));
        Assert.That(await Task.WhenAll(deliveries).Soon(), Is.All.EqualTo(DeliveryOutcome.Delivered));
    }

    [Test]
    public async Task GroupBy_EndlessSequenceInFrontOfATake_Ends()
    {
        var source = new StreamSource<int>();
        var items = source.GroupBy(value => value, group => group.Flatten(_ => Enumerable.Repeat(7, int.MaxValue)).Take(2)).Map(pair => pair.Value).SinkToList();

        await source.EmitAsync(1);
        await source.CompleteAsync().Soon();

        Assert.That(items, Is.EqualTo(new[] { 7, 7 }));
    }

    [Test]
    public async Task GroupBy_InALoop_IsFlushedUntilNothingGoesRound()
    {
        var source = new StreamSource<int>();
        var union = source.Map(value => value);
        var items = union.GroupBy(value => value % 2, group => group.Partition(2)).Flatten(pair => pair.Value);
        items.Map(value => value - 1).Filter(value => value > 0).Feedback(union, 100);
        var seen = items.SinkToList();

        await source.EmitAllAsync([3, 5]);
        await source.CompleteAsync().Soon();

        Assert.That(seen, Is.EquivalentTo(new[] { 1, 2, 3, 1, 2, 3, 4, 5 }));
    }

    [Test]
    public async Task GroupBy_Branches_AllReceiveEachElement()
    {
        var tapped = new List<int>();
        var source = new StreamSource<int>();
        var passed = source.GroupBy(
            value => value % 2,
            group =>
            {
                group.Map(value =>
                {
                    tapped.Add(value);
                    return value;
                });
                return group.Map(async (int value) =>
                {
                    await Task.Yield();
                    return value;
                });
            }).SinkToList();

        await source.EmitAllAsync([1, 2, 3]);
        await source.CompleteAsync().Soon();

        Assert.That(tapped, Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(passed.Select(pair => pair.Value), Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    public async Task GroupBy_RetainedElement_IsReleasedWhenItsGroupEnds([Values] bool idle)
    {
        var tickets = new List<FollowedElement>();
        var limits = idle ? new GroupByOptions { IdleTimeout = s_second } : new GroupByOptions { MaxGroups = 1 };
        var run = new Arrivals<int, int>(stream => stream.Ticketed(tickets).GroupBy(value => value, group => group.SlidingWindow(2), limits).Map(pair => pair.Key));
        await run.Source.DeliverAsync(1).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, s_second / 2).Soon();
        Assert.That(tickets[0].Released.IsCompleted, Is.False, "The window remembers it.");

        await run.Source.DeliverAsync(2).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, s_second / 2).Soon();

        Assert.That(tickets.Select(ticket => ticket.Released.IsCompleted), Is.EqualTo(new[] { true, false }));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task GroupBy_BusyConsumer_ClocksOfTheGroupsJudgeByTheTimesOfArrival()
    {
        var writer = new GatedWriter<int>();
        var run = new Arrivals<int, int>(
            stream => stream.GroupBy(value => value % 2, group => group.Debounce(2 * s_second)).Map(pair => pair.Value).MapAsync(writer.CallAsync),
            new StreamOptions { Capacity = 8 });
        await run.Source.EmitAsync(1).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second).Soon();
        Assert.That(writer.Started, Is.EqualTo(new[] { 1 }));
        await run.Source.EmitAsync(3).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second).Soon();

        writer.FinishCallOf(1);
        await run.Pipeline.SettleAsync().Soon();

        Assert.That(writer.Started, Is.EqualTo(new[] { 1, 3 }), "It was quiet for two seconds while the consumer was busy.");
        writer.FinishCallOf(3);
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task GroupBy_GroupThatBeginsLate_SamplesByTheTimesOfArrival()
    {
        var writer = new GatedWriter<int>();
        var run = new Arrivals<int, int>(
            stream => stream.GroupBy(value => value % 2, group => group.Sample(2 * s_second)).Map(pair => pair.Value).MapAsync(writer.CallAsync),
            new StreamOptions { Capacity = 8 });
        await run.Source.EmitAsync(1).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second).Soon();
        Assert.That(writer.Started, Is.EqualTo(new[] { 1 }));
        await run.Source.EmitAsync(2).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second).Soon();

        writer.FinishCallOf(1);
        await run.Pipeline.SettleAsync().Soon();

        Assert.That(writer.Started, Is.EqualTo(new[] { 1, 2 }), "Its interval has passed while it waited.");
        writer.FinishCallOf(2);
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task GroupBy_ElementThatWaitedInItsGroup_ArrivesAtTheNextStageThen()
    {
        var writer = new GatedWriter<int>();
        var run = new Arrivals<int, int>(
            stream => stream.GroupBy(value => value, group => group.MapAsync(writer.CallAsync).Debounce(2 * s_second)).Map(pair => pair.Value));
        await run.Source.EmitAsync(1).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second).Soon();
        writer.FinishCallOf(1);
        await run.Pipeline.SettleAsync().Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        Assert.That(run.Seen, Is.Empty);
        await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();

        Assert.That(run.Seen, Is.EqualTo(new[] { (5.0, 1) }));
        await run.Source.CompleteAsync().Soon();
    }
}
