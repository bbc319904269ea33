using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Dashboard;
using Streamz.Dataflow.Dashboard.Watching;

namespace Streamz.Dataflow.Tests.Dashboard;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), NonParallelizable]
internal sealed class SamplerTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly DashboardOptions _options = new();
    private Sampler? _sampler;

    public void Dispose() => _sampler?.Dispose();

    [Test]
    public async Task Watch_ManyWatchers_AreToldOfOneReading()
    {
        await using var source = new StreamSource<int>();
        source.Sink(_ => { });
        var sampler = Create(source.Start());
        var told = 0;
        var watchers = Enumerable.Range(0, 500).Select(_ => sampler.Watch(() => told++)).ToList();
        Assert.That(sampler.Readings, Is.EqualTo(1));

        _clock.Advance(_options.Interval);
        _clock.Advance(_options.Interval);

        Assert.That((sampler.Readings, told), Is.EqualTo((3L, 1000)));
        watchers.ForEach(watcher => watcher.Dispose());
    }

    [Test]
    public async Task Sampler_NobodyWatches_ReadsNothing()
    {
        await using var source = new StreamSource<int>();
        source.Sink(_ => { });
        var sampler = Create(source.Start());
        Assert.That(sampler.IsRunning, Is.False);

        sampler.Watch(() => { }).Dispose();
        _clock.Advance(_options.Interval);
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.That((sampler.IsRunning, sampler.Readings), Is.EqualTo((false, 1L)));
    }

    [Test]
    public async Task Sampler_Disposed_BeginsNoMoreForPagesThatAreBeingClosed()
    {
        await using var source = new StreamSource<int>();
        source.Sink(_ => { });
        var sampler = Create(source.Start());
        sampler.Ask();

        sampler.Dispose();
        sampler.Ask();
        using var watching = sampler.Watch(() => { });

        Assert.That(sampler.IsRunning, Is.False);
    }

    [Test]
    public async Task Ask_Once_GoesOnForSomeSeconds()
    {
        await using var source = new StreamSource<int>();
        source.Sink(_ => { });
        var sampler = Create(source.Start());

        sampler.Ask();
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That(sampler.IsRunning, Is.True);
        _clock.Advance(TimeSpan.FromSeconds(6));

        Assert.That(sampler.IsRunning, Is.False);
    }

    [Test]
    public async Task Reading_AfterAnInterval_HasRates()
    {
        await using var source = new StreamSource<int>(new StreamOptions { Name = "numbers" });
        source.Filter(x => x % 2 == 0, options: new NodeOptions { Name = "even" }).Sink(_ => { }).Named("end");
        var pipeline = source.Start();
        var sampler = Create(pipeline);
        using var watching = sampler.Watch(() => { });

        await source.EmitAllAsync([1, 2, 3, 4]);
        await pipeline.WhenIdleAsync();
        _clock.Advance(_options.Interval);

        var status = sampler.Latest.Single().Status;
        var (even, end) = (status.Nodes.Single(node => node.Name == "even"), status.Nodes.Single(node => node.Name == "end"));
        Assert.That((status.Name, status.State), Is.EqualTo(("numbers", "Running")));
        Assert.That((even.ReceivedPerSecond, even.SentPerSecond, end.ReceivedPerSecond), Is.EqualTo((8d, 4d, 4d)));
        Assert.That(status.Edges.Single(edge => edge.To == end.Id).PerSecond, Is.EqualTo(4));
        Assert.That((status.InPerSecond, status.OutPerSecond), Is.EqualTo((8d, 4d)));
        Assert.That(status.Latency?.Count, Is.EqualTo(4));
    }

    [Test]
    public async Task Reading_PausedNodeAndEditedGraph_AreSeen()
    {
        await using var source = new StreamSource<int>();
        var middle = source.Map(x => x, options: new NodeOptions { Name = "middle" });
        middle.Sink(_ => { });
        var pipeline = source.Start();
        var sampler = Create(pipeline);
        using var watching = sampler.Watch(() => { });
        var before = sampler.Latest.Single();

        await pipeline.EditAsync(edit =>
        {
            edit.Pause(edit.Find("middle"));
            middle.Sink(_ => { }).Named("second");
        }).Soon();
        _clock.Advance(_options.Interval);

        var after = sampler.Latest.Single();
        Assert.That(after.Status.Nodes.Single(node => node.Name == "middle").IsPaused, Is.True);
        Assert.That((before.Picture!.Nodes.Count, after.Picture!.Nodes.Count), Is.EqualTo((3, 4)));
        await pipeline.StopAsync(TimeSpan.Zero).Soon();
    }

    [Test]
    public async Task Reading_TwoHundredNodes_HasThemAllPlaced()
    {
        await using var source = new StreamSource<int>();
        for (var branch = 0; branch < 10; branch++)
        {
            var stream = source.Map(x => x);
            for (var step = 1; step < 20; step++)
            {
                stream = stream.Map(x => x);
            }

            stream.Sink(_ => { });
        }

        var sampler = Create(source.Start());

        var reading = sampler.Ask().Single();

        Assert.That((reading.Status.Nodes.Count, reading.Picture!.Nodes.Count, reading.Picture.Edges.Count), Is.EqualTo((211, 211, 210)));
    }

    private Sampler Create(Pipeline pipeline)
    {
        var journal = new PipelineJournal(_options, _clock);
        return _sampler = new Sampler([WatchedPipeline.Of(pipeline.Name, pipeline, journal)], _options, _clock);
    }
}
