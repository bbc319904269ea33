using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>What streamz pins of metadata and reference counts, restated as traces and tickets.</summary>
[TestFixture]
public sealed class ContextParityTests
{
    [Test]
    [Parity("3.1", "test_sliding_window_ref_counts", "=")]
    public async Task SlidingWindow_ElementLeaves_IsReleasedThenAndNotBefore()
    {
        var tickets = new List<FollowedElement>();
        var source = new StreamSource<int>();
        source.Ticketed(tickets).SlidingWindow(2).SinkToList();

        await source.DeliverAsync(1).Soon();
        await source.DeliverAsync(2).Soon();
        Assert.That(tickets.Select(ticket => ticket.Released.IsCompleted), Is.EqualTo(new[] { false, false }));
        Assert.That(tickets.Select(ticket => ticket.Delivered.IsCompleted), Is.EqualTo(new[] { true, true }), "Delivered long before.");
        await source.DeliverAsync(3).Soon();
        Assert.That(tickets.Select(ticket => ticket.Released.IsCompleted), Is.EqualTo(new[] { true, false, false }));
        await source.CompleteAsync().Soon();

        Assert.That(tickets.Select(ticket => ticket.Released.IsCompleted), Is.All.True);
    }

    [Test]
    [Parity("3.1", "test_sliding_window_metadata", "=")]
    public async Task SlidingWindow_Traced_BelongsToTheTracesOfItsMembers()
    {
        using var recorder = new TraceRecorder();
        var source = new StreamSource<int>();
        source.SlidingWindow(2).Buffer(1).Named("after sliding").SinkToList();

        var traces = await EmitTracedAsync(source, 3);
        await source.CompleteAsync().Soon();

        Assert.That(
            recorder.Of("after sliding").Select(TraceRecorder.Parents),
            Is.EqualTo(new ActivityTraceId[][] { [traces[0]], [traces[0], traces[1]], [traces[1], traces[2]] }));
    }

    [Test]
    [Parity("3.1", "test_partition_metadata", "=")]
    public async Task Partition_Traced_BelongsToTheTracesOfItsMembers()
    {
        using var recorder = new TraceRecorder();
        var source = new StreamSource<int>();
        source.Partition(2).Buffer(1).Named("after partition").SinkToList();

        var traces = await EmitTracedAsync(source, 4);
        await source.CompleteAsync().Soon();

        Assert.That(
            recorder.Of("after partition").Select(TraceRecorder.Parents),
            Is.EqualTo(new ActivityTraceId[][] { [traces[0], traces[1]], [traces[2], traces[3]] }));
    }

    [Test]
    [Parity("3.1", "test_timed_window_metadata", "=")]
    public async Task TimedWindow_PartlyTraced_BelongsToTheTracesThereAre()
    {
        using var recorder = new TraceRecorder();
        var clock = new FakeTimeProvider();
        var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock });
        source.TimedWindow(TimeSpan.FromSeconds(1)).Buffer(1).Named("after window").SinkToList();
        var pipeline = source.Start();

        await source.EmitAsync(0).Soon();
        var traces = await EmitTracedAsync(source, 2);
        await source.EmitAsync(0).Soon();
        await pipeline.AdvanceAsync(clock, TimeSpan.FromSeconds(1)).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(recorder.Of("after window").Select(TraceRecorder.Parents), Is.EqualTo(new[] { traces }));
    }

    [Test]
    [Parity("3.1", "test_zip_metadata", "=")]
    public async Task Zip_Traced_BelongsToTheTracesOfBoth()
    {
        using var recorder = new TraceRecorder();
        var a = new StreamSource<int>();
        var b = new StreamSource<int>();
        a.Zip(b).Buffer(1).Named("after zip").SinkToList();
        a.Start();

        var left = await EmitTracedAsync(a, 2);
        var right = await EmitTracedAsync(b, 2);
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync()).Soon();

        Assert.That(
            recorder.Of("after zip").Select(TraceRecorder.Parents),
            Is.EqualTo(new ActivityTraceId[][] { [left[0], right[0]], [left[1], right[1]] }));
    }

    private static async Task<List<ActivityTraceId>> EmitTracedAsync(StreamSource<int> source, int count)
    {
        var traces = new List<ActivityTraceId>();
        for (var i = 0; i < count; i++)
        {
            var value = i;
            traces.Add(await TraceRecorder.UnderNewTraceAsync(() => source.EmitAsync(value).Soon()));
        }

        return traces;
    }
}
