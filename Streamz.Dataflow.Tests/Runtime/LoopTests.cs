namespace Streamz.Dataflow.Tests.Runtime;

[TestFixture]
[CancelAfter(30_000)]
internal sealed class LoopTests
{
    [Test]
    public async Task Loop_ElementsGoRoundOften_EachLapIsCountedOnce()
    {
        var source = new StreamSource<int>();
        var laps = source.Map(value => value - 1).Named("lap");
        laps.Filter(value => value > 0).Feedback(source, 200);
        var ended = laps.Filter(value => value == 0).SinkToList();
        var pipeline = source.Start();
        await source.EmitAllAsync(Enumerable.Range(1, 100)).Soon();
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();
        Assert.That(ended, Has.Count.EqualTo(100));
        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "lap").Received, Is.EqualTo(100 * 101 / 2));
    }

    [TestCase(1)]
    [TestCase(4)]
    public async Task Loop_CrawlOfTenThousandPages_EndsByItself(int atOnce)
    {
        const int pages = 10_000;
        var first = new StreamSource<int>();
        var visited = first.Unique().MapAsync(
            async page =>
            {
                await Task.Yield();
                return page;
            },
            maxDegreeOfParallelism: atOnce,
            ordered: false);
        var seen = visited.SinkToList();
        visited.Flatten(page => new[] { (2 * page) + 1, (2 * page) + 2, page / 2, (7 * page) % pages }.Where(link => link < pages)).Feedback(first, 4 * pages);
        var pipeline = first.Start();

        await first.EmitAsync(0).Soon();
        await first.CompleteAsync().Soon();
        await pipeline.Completion.Soon();

        Assert.That(seen.Order(), Is.EqualTo(Enumerable.Range(0, pages)));
    }

    [Test]
    public async Task Loop_DeliverAsync_WaitsForTheLastLap()
    {
        var source = new StreamSource<int>();
        var laps = source.Map(value => value - 1);
        laps.Filter(value => value > 0).Feedback(source, 2);
        var seen = laps.SinkToList();
        await source.DeliverAsync(5).Soon();
        Assert.That(seen, Is.EqualTo(new[] { 4, 3, 2, 1, 0 }));
        await source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Feedback_MoreThanItsCapacity_FaultsAndNamesTheEdge()
    {
        var source = new StreamSource<int>();
        source.Flatten(value => value == 0 ? new[] { 1, 2, 3 } : []).Named("tripled").Feedback(source, 2);
        var pipeline = source.Start();
        await source.EmitAsync(0).Soon();
        await pipeline.Completion.Ended();
        Assert.That(
            pipeline.Completion.Exception?.InnerException,
            Is.TypeOf<NodeFailedException>().With.InnerException.TypeOf<LoopOverflowException>()
                .And.InnerException.Message.Contains("tripled").And.InnerException.Message.Contains("capacity is 2"));
        Assert.That(async () => await source.EmitAsync(0).Soon(), Throws.TypeOf<NodeFailedException>());
    }

    [Test, DefaultMode]
    public async Task Feedback_CapacityOfOneAndASecondRound_FaultsAndSaysWhatIsNeeded()
    {
        var source = new StreamSource<int>();
        var laps = source.Map(value => value - 1);
        laps.Filter(value => value > 0).Feedback(source, 1);
        laps.SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(async () => await source.DeliverAsync(3).Soon())!;

        Assert.That(
            failure.InnerException,
            Is.TypeOf<LoopOverflowException>()
                .With.Message.Contains("keeps its place while it is worked on").And.Message.Contains("a capacity of 2 or more"));
        await source.DisposeAsync();
    }

    [Test]
    public async Task Feedback_MoreThanItsCapacityAndDropNewest_DropsAndCounts()
    {
        var source = new StreamSource<int>();
        var seen = source.Map(value => value).SinkToList();
        source.Flatten(value => value == 0 ? new[] { 1, 2, 3, 4, 5 } : []).Feedback(source, 2, FeedbackFullMode.DropNewest);
        var pipeline = source.Start();
        await source.EmitAsync(0).Soon();
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();
        Assert.That(seen, Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(pipeline.GetSnapshot().Nodes.Sum(node => node.Dropped), Is.EqualTo(3));
    }

    [Test]
    public async Task Loop_PartitionHoldsSome_IsFlushedUntilNothingGoesRound()
    {
        var source = new StreamSource<int>();
        var next = source.Map(value => value - 1);
        var seen = next.SinkToList();
        next.Filter(value => value > 0).Partition(10).Flatten().Feedback(source, 20);
        var pipeline = source.Start();
        await source.EmitAllAsync([4, 2]).Soon();
        await pipeline.WhenIdleAsync().Soon();
        Assert.That(seen, Is.EqualTo(new[] { 3, 1 }), "The partition holds both.");
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();
        Assert.That(seen, Is.EqualTo(new[] { 3, 1, 2, 0, 1, 0 }));
    }

    [Test]
    public async Task Loops_TwoInOneGraph_BothEnd()
    {
        var source = new StreamSource<int>();
        var down = source.Map(value => value - 1);
        down.Filter(value => value > 0).Feedback(source, 200);
        var up = down.Filter(value => value == 0).Map(value => value + 1);
        up.Filter(value => value < 10).Partition(100).Flatten().Feedback(up, 200);
        var ended = up.Filter(value => value == 10).SinkToList();
        var pipeline = source.Start();
        await source.EmitAllAsync(Enumerable.Range(1, 50)).Soon();
        await source.CompleteAsync().Soon();
        await pipeline.Completion.Soon();
        Assert.That(ended, Is.EqualTo(Enumerable.Repeat(10, 50)));
    }
}
