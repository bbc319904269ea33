using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Diagnostics;

/// <summary>What blocks do with their time, by a clock that the test moves.</summary>
[CancelAfter(30_000), NonParallelizable, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BlockClockTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly MeterListener _listener = new();

    public BlockClockTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Streamz.Dataflow" && instrument.Name == "streamz.node.time")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    [Test]
    public async Task Times_DelegateAwaits_AreBusyAndElseIdle()
    {
        var release = new TaskCompletionSource();
        var source = Source();
        source.Sink(async _ => await release.Task, options: new NodeOptions { Name = "save", Capacity = 1 });
        var pipeline = source.Start();
        await pipeline.SettleAsync();
        _ = TimesOf(pipeline, "save");

        _clock.Advance(TimeSpan.FromSeconds(2));
        await source.EmitAsync(1);
        await pipeline.SettleAsync();
        _clock.Advance(TimeSpan.FromSeconds(5));
        release.SetResult();
        await source.CompleteAsync();

        Assert.That(TimesOf(pipeline, "save"), Is.EqualTo(new NodeTimes(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2), default, default)));
    }

    [Test]
    public async Task Times_NodeIsPaused_AreIdleThoughElementsWait()
    {
        var source = Source();
        source.Sink(_ => { }, options: new NodeOptions { Name = "save", Capacity = 4 });
        var pipeline = source.Start();
        await pipeline.EditAsync(edit => edit.Pause(edit.Find("save")));
        await source.EmitAsync(1);
        await pipeline.SettleAsync();
        _ = TimesOf(pipeline, "save");

        _clock.Advance(TimeSpan.FromSeconds(3));
        var times = TimesOf(pipeline, "save");
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan);

        Assert.That(times, Is.EqualTo(new NodeTimes(default, TimeSpan.FromSeconds(3), default, default)));
    }

    [Test]
    public async Task Times_SlowNodeBehind_AreHeldBack()
    {
        var release = new TaskCompletionSource();
        var source = Source();
        source.Map(x => x, options: new NodeOptions { Name = "price", Capacity = 4 })
            .Sink(async _ => await release.Task, options: new NodeOptions { Name = "save", Capacity = 1 });
        var pipeline = source.Start();
        await pipeline.SettleAsync();
        _ = TimesOf(pipeline, "price");

        await source.EmitAllAsync([1, 2]);
        await pipeline.SettleAsync();
        _clock.Advance(TimeSpan.FromSeconds(3));
        var times = TimesOf(pipeline, "price");
        var slow = TimesOf(pipeline, "save");
        release.SetResult();
        await source.CompleteAsync();

        Assert.That(times, Is.EqualTo(new NodeTimes(default, default, TimeSpan.FromSeconds(3), default)));
        Assert.That(slow.Busy, Is.EqualTo(TimeSpan.FromSeconds(3)));
    }

    [Test, DefaultMode]
    public async Task Times_RateLimit_AreThoseOfTheClock()
    {
        // The rate limit shares the block of the source, whose time is that of the block.
        var source = Source().Named("source");
        source.RateLimit(TimeSpan.FromSeconds(4)).Sink(_ => { });
        var pipeline = source.Start();
        await pipeline.SettleAsync();
        _ = TimesOf(pipeline, "source");

        await source.EmitAsync(1);
        await source.EmitAsync(2);
        await pipeline.SettleAsync();
        _clock.Advance(TimeSpan.FromSeconds(4));
        await source.CompleteAsync();

        Assert.That(TimesOf(pipeline, "source"), Is.EqualTo(new NodeTimes(default, default, default, TimeSpan.FromSeconds(4))));
    }

    [Test]
    public async Task Times_HalfOfTheWorkersAtWork_AreHalfBusy()
    {
        var release = new TaskCompletionSource();
        var source = Source();
        source.MapAsync(async x =>
        {
            await release.Task;
            return x;
        }, maxDegreeOfParallelism: 4, options: new NodeOptions { Name = "price" }).Sink(_ => { });
        var pipeline = source.Start();
        await pipeline.SettleAsync();
        _ = TimesOf(pipeline, "price");

        await source.EmitAllAsync([1, 2]);
        await pipeline.SettleAsync();
        _clock.Advance(TimeSpan.FromSeconds(6));
        release.SetResult();
        await source.CompleteAsync();

        Assert.That(TimesOf(pipeline, "price"), Is.EqualTo(new NodeTimes(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3), default, default)));
    }

    [Test]
    public async Task Times_SourceThatReadsAQueue_AreIdleWhileItAwaitsIt()
    {
        var release = new TaskCompletionSource();
        var queue = System.Threading.Channels.Channel.CreateUnbounded<int>();
        var source = StreamSource.FromChannel(queue.Reader, new StreamOptions { TimeProvider = _clock }).Named("queue");
        source.Sink(async _ => await release.Task, options: new NodeOptions { Capacity = 1 });
        var pipeline = source.Start();
        await pipeline.SettleAsync();
        _ = TimesOf(pipeline, "queue");

        _clock.Advance(TimeSpan.FromSeconds(2));
        queue.Writer.TryWrite(1);
        queue.Writer.TryWrite(2);
        while (pipeline.GetSnapshot().Nodes.Single(node => node.Kind == NodeKind.Sink).Waiting == 0)
        {
            await Task.Yield();
        }

        // It is counted as waiting a moment before it waits.
        await pipeline.SettleAsync();
        _clock.Advance(TimeSpan.FromSeconds(3));
        release.SetResult();
        queue.Writer.Complete();
        await pipeline.Completion;

        Assert.That(TimesOf(pipeline, "queue"), Is.EqualTo(new NodeTimes(default, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3), default)));
    }

    [Test]
    public async Task Times_SourceThatWaitsByItsClock_AreThoseOfTheClock()
    {
        var source = StreamSource.FromPeriodic(TimeSpan.FromSeconds(2), () => 1, new StreamOptions { TimeProvider = _clock }).Named("poll");
        source.Sink(_ => { }, options: new NodeOptions { Capacity = 1 });
        var pipeline = source.Start();
        await pipeline.SettleAsync();
        _ = TimesOf(pipeline, "poll");

        await pipeline.AdvanceAsync(_clock, TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(2));
        var times = TimesOf(pipeline, "poll");
        await pipeline.StopAsync(Timeout.InfiniteTimeSpan);

        Assert.That(times, Is.EqualTo(new NodeTimes(default, default, default, TimeSpan.FromSeconds(6))));
    }

    [Test]
    public async Task Times_NobodyListens_AreNotMeasured()
    {
        _listener.Dispose();
        var source = Source();
        source.Sink(_ => { }, options: new NodeOptions { Name = "save" });
        var pipeline = source.Start();
        await source.EmitAsync(1);
        await source.CompleteAsync();

        Assert.That(pipeline.GetSnapshot().Nodes.Select(node => node.Times), Has.All.Null);
    }

    private static NodeTimes TimesOf(Pipeline pipeline, string node) => pipeline.GetSnapshot().Nodes.Single(each => each.Name == node).Times!;

    private StreamSource<int> Source() => new(new StreamOptions { TimeProvider = _clock });
}
