namespace Streamz.Dataflow.Tests.Runtime;

[TestFixture]
[CancelAfter(30_000)]
internal sealed class ValidationTests
{
    [Test]
    public void Start_GraphWithManyFaults_ReportsAllTogether()
    {
        var source = new StreamSource<int>(new StreamOptions { RequireSinks = true });
        var other = new StreamSource<int>(new StreamOptions { RequireSinks = true, Capacity = 5 });
        source.Union(other).Map(value => value).Named("same").SinkToList();
        source.Map(value => value + 1).Named("same").SinkToList();
        var first = source.Map(value => value).Named("round");
        var second = first.Map(value => value).Named("and round");
        second.SinkToList();
        second.Connect(first);
        source.Filter(_ => true).Named("open");
        source.Partition(20).Zip(source, maxSize: 10).Named("stuck").SinkToList();

        var refusal = Assert.Throws<PipelineValidationException>(() => source.Start());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refusal!.Errors, Has.Count.EqualTo(5));
            Assert.That(refusal.Errors, Has.One.Contains("different StreamOptions"));
            Assert.That(refusal.Errors, Has.One.Contains("2 nodes are named 'same'"));
            Assert.That(refusal.Errors, Has.One.Contains("'round', 'and round'").And.One.Contains("Feedback"));
            Assert.That(refusal.Errors, Has.One.Contains("'open'").And.One.Contains("RequireSinks"));
            Assert.That(refusal.Errors, Has.One.Contains("'stuck' can never progress"));
            Assert.That(refusal.Message, Is.EqualTo($"The pipeline cannot start: {string.Join(" ", refusal.Errors.Select((error, index) => $"({index + 1}) {error}"))}"));
        }
    }

    [Test]
    public void Start_GraphWithOneFault_SaysItWithoutANumber()
    {
        var source = new StreamSource<int>(new StreamOptions { RequireSinks = true });
        source.Filter(_ => true).Named("open");

        var refusal = Assert.Throws<PipelineValidationException>(() => source.Start());

        Assert.That(refusal!.Message, Is.EqualTo($"The pipeline cannot start: {refusal.Errors.Single()}"));
    }

    [Test]
    public async Task Start_FaultIsMended_RunsTheSameGraph()
    {
        var source = new StreamSource<int>();
        var first = source.Map(value => value);
        var second = first.Map(value => value);
        var list = second.SinkToList();
        second.Connect(first);
        Assert.That(() => source.Start(), Throws.TypeOf<PipelineValidationException>());
        second.Disconnect(first);
        await source.EmitAsync(1).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public async Task Start_CircleThatNothingFeedsIntoAZip_IsRefused()
    {
        var source = new StreamSource<int>();
        var first = source.Map(value => value);
        var second = first.Map(value => value);
        second.Zip(source.Map(value => value)).SinkToList();
        second.Connect(first);
        source.Disconnect(first);
        var start = Task.Run(() => source.Start());
        await start.Ended();
        Assert.That(start.Exception?.InnerException, Is.TypeOf<PipelineValidationException>().With.Message.Contains("circle"));
    }

    [Test]
    public async Task Zip_PartitionThatTheBoundJustAllows_RunsToTheEnd()
    {
        var source = new StreamSource<int>();
        var pairs = source.Partition(10).Zip(source, maxSize: 10).SinkToList();
        var pipeline = source.Start();
        await source.EmitAllAsync(Enumerable.Range(0, 10)).Soon();
        await pipeline.WhenIdleAsync().Soon();
        await source.CompleteAsync().Soon();
        Assert.That(pairs, Has.Count.EqualTo(1));
        Assert.That((pairs[0].First.Count, pairs[0].Second), Is.EqualTo((10, 0)));
    }

    [Test]
    public void Start_OptionsOutOfRange_NamesEach()
    {
        var source = new StreamSource<int>(new StreamOptions { Capacity = 0, MaxWaitingEmits = -1 });
        source.SinkToList();
        var refusal = Assert.Throws<PipelineValidationException>(() => source.Start());
        Assert.That(refusal!.Errors, Has.One.Contains("Capacity is 0").And.One.Contains("MaxWaitingEmits is -1"));
    }
}
