namespace Streamz.Dataflow.Tests.Runtime.Editing;

/// <summary>Edits that cannot be made, and leave everything as it was.</summary>
[TestFixture]
[CancelAfter(30_000)]
internal sealed class EditRefusalTests
{
    private StreamSource<int> _source = null!;
    private Stream<int> _map = null!;
    private IReadOnlyList<int> _seen = null!;
    private Pipeline _pipeline = null!;

    [SetUp]
    public void Start()
    {
        _source = new StreamSource<int>();
        _map = _source.Map(value => value + 1);
        _seen = _map.SinkToList();
        _pipeline = _source.Start();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _source.DisposeAsync();
        await _pipeline.DisposeAsync();
    }

    [Test]
    public async Task Edit_AllFaults_AreReportedTogether()
    {
        await _source.DeliverAsync(1).Soon();
        var text = _pipeline.Explain();
        var failure = Assert.ThrowsAsync<PipelineValidationException>(() => _pipeline.EditAsync(_ =>
        {
            _map.Map(value => value).Named("twice").SinkToList();
            _map.Map(value => value).Named("twice").Connect(_map);
        }).Soon())!;
        Assert.That(failure.Errors, Has.Some.Contains("named 'twice'").And.Some.Contains("circle"));
        Assert.That(_pipeline.Explain(), Is.EqualTo(text));
        await _source.DeliverAsync(2).Soon();
        await _source.CompleteAsync().Soon();
        Assert.That(_seen, Is.EqualTo(new[] { 2, 3 }));
        Assert.That(_map.Node.Outputs, Has.Count.EqualTo(1));
    }

    [Test]
    public void Edit_TheDescriptionThrows_ItIsTakenBack()
    {
        Assert.That(
            () => _pipeline.EditAsync(_ =>
            {
                _map.SinkToList();
                throw new TimeZoneNotFoundException();
            }).Soon(),
            Throws.TypeOf<TimeZoneNotFoundException>());
        Assert.That(_map.Node.Outputs, Has.Count.EqualTo(1));
    }

    [Test]
    public void Edit_AnOperatorOutsideAnEdit_IsRefused() =>
        Assert.That(() => _map.SinkToList(), Throws.InvalidOperationException.With.Message.Contains("EditAsync"));

    [Test]
    public void Edit_Asynchronous_IsRefused() =>
        Assert.That(() => _pipeline.EditAsync(async _ => await Task.Yield()), Throws.ArgumentException.With.Message.Contains("Task"));

    [Test]
    public async Task Edit_OfAnotherPipeline_IsRefused()
    {
        await using var other = new StreamSource<int>();
        other.SinkToList();
        other.Start();
        Assert.That(() => _pipeline.EditAsync(_ => other.Connect(_map)).Soon(), Throws.InvalidOperationException.With.Message.Contains("running pipeline"));
        Assert.That(() => _pipeline.EditAsync(edit => edit.Pause(other)).Soon(), Throws.ArgumentException.With.Message.Contains("not part"));
    }

    [Test]
    public async Task Edit_SettingsThatTheNodeDoesNotHave_AreRefused()
    {
        await _pipeline.EditAsync(edit =>
        {
            Assert.That(() => edit.SetParallelism(_map, 2), Throws.ArgumentException.With.Message.Contains("2 elements at once"));
            Assert.That(() => edit.SetRate(_map, TimeSpan.FromSeconds(1)), Throws.ArgumentException.With.Message.Contains("RateLimit"));
            Assert.That(() => edit.SetCapacity(_source, 1), Throws.ArgumentException.With.Message.Contains("behind it"));
            Assert.That(() => edit.SetCapacity(_map, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => edit.Find("none"), Throws.ArgumentException.With.Message.Contains("'none'"));
        }).Soon();
    }

    [Test]
    public async Task Edit_OfASourceThatHasEnded_IsRefused()
    {
        await using var other = new StreamSource<int>();
        var source = new StreamSource<int>();
        source.Union(other).SinkToList();
        var pipeline = source.Start();
        await other.CompleteAsync().Soon();
        Assert.That(() => pipeline.EditAsync(_ => other.SinkToList()).Soon(), Throws.TypeOf<PipelineValidationException>().With.Message.Contains("has ended"));
        await source.DisposeAsync();
    }

    [Test]
    public async Task Edit_OfAPipelineThatIsOver_IsRefused()
    {
        await _source.CompleteAsync().Soon();
        await _pipeline.Completion.Soon();
        Assert.That(() => _pipeline.EditAsync(_ => { }).Soon(), Throws.TypeOf<PipelineClosedException>());
    }

    [Test]
    public async Task Edit_ADelegateIsBusyUntilTheDeadline_IsTakenBackAndNamesIt()
    {
        var gate = new TaskCompletionSource();
        await using var source = new StreamSource<int>();
        var slow = source.MapAsync(async value =>
        {
            await gate.Task;
            return value;
        }).Named("slow");
        var seen = slow.SinkToList();
        var pipeline = source.Start();
        await source.EmitAsync(1).Soon();
        await pipeline.WhenSettledAsync().Soon();

        Assert.That(
            () => pipeline.EditAsync(_ => slow.SinkToList(), TimeSpan.Zero).Soon(),
            Throws.TypeOf<TimeoutException>().With.Message.Contains("'slow'"));

        gate.SetResult();
        SinkList<int> added = null!;
        await pipeline.EditAsync(_ => added = slow.SinkToList()).Soon();
        await source.DeliverAsync(2).Soon();
        Assert.That(seen, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(added, Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public async Task Edit_ThePipelineFailsMeanwhile_SaysSo()
    {
        var gate = new TaskCompletionSource();
        await using var source = new StreamSource<int>();
        var failing = source.MapAsync(async value =>
        {
            await gate.Task;
            return value;
        }).Named("failing");
        failing.SinkToList();
        var pipeline = source.Start();
        await source.EmitAsync(1).Soon();
        await pipeline.WhenSettledAsync().Soon();
        var edit = pipeline.EditAsync(_ => failing.SinkToList());
        gate.SetException(new TimeZoneNotFoundException());
        Assert.That(() => edit.Soon(), Throws.TypeOf<NodeFailedException>());
        await pipeline.Completion.Ended();
    }

    [Test]
    public async Task Edit_ThePipelineIsStoppedMeanwhile_SaysSo()
    {
        var gate = new TaskCompletionSource();
        await using var source = new StreamSource<int>();
        var slow = source.Map(value => value);
        var seen = new List<int>();
        slow.Sink(async value =>
        {
            await gate.Task;
            seen.Add(value);
        });
        var pipeline = source.Start();
        await source.EmitAsync(1).Soon();
        await pipeline.WhenSettledAsync().Soon();
        var edit = pipeline.EditAsync(_ => slow.SinkToList());
        var stop = pipeline.StopAsync(Timeout.InfiniteTimeSpan);
        Assert.That(() => edit.Soon(), Throws.TypeOf<PipelineClosedException>());
        gate.SetResult();
        await stop.Soon();
        Assert.That(seen, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public async Task Edit_WhatGoesRoundInALoop_IsRefused()
    {
        await using var source = new StreamSource<int>();
        var lap = source.Map(value => value - 1);
        lap.Filter(value => value > 0).Feedback(source, 10);
        lap.SinkToList();
        var pipeline = source.Start();
        Assert.That(
            () => pipeline.EditAsync(_ => lap.Map(value => value).Connect(source)).Soon(),
            Throws.TypeOf<PipelineValidationException>());
        await source.DeliverAsync(5).Soon();
    }
}
