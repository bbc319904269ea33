using System.Diagnostics;
using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>What streamz pins of the joins that remember the newest values.</summary>
[TestFixture]
public sealed class LatestJoinParityTests
{
    [TestCase(false)]
    [TestCase(true)]
    [Parity("3.1", "test_combine_latest", "=")]
    public async Task CombineLatest_BothHaveAValue_EmitsOnEachChange(bool statesBoth)
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<string>();
        var pairs = a.CombineLatest(b, emitOn: statesBoth ? [a, b] : null).SinkToList();
        a.Start();

        await a.DeliverAsync(1).Soon();
        await a.DeliverAsync(2).Soon();
        await b.DeliverAsync("a").Soon();
        await a.DeliverAsync(3).Soon();
        await b.DeliverAsync("b").Soon();
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync()).Soon();

        Assert.That(pairs, Is.EqualTo(new[] { (2, "a"), (3, "a"), (3, "b") }));
    }

    [Test]
    [Parity("3.1", "test_combine_latest_emit_on", "=")]
    public async Task CombineLatest_EmitOnOne_OnlyItsChangesEmit()
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<string>();
        var pairs = a.CombineLatest(b, emitOn: [a]).SinkToList();
        a.Start();

        await a.DeliverAsync(1).Soon();
        await b.DeliverAsync("a").Soon();
        await a.DeliverAsync(2).Soon();
        await a.DeliverAsync(3).Soon();
        await b.DeliverAsync("b").Soon();
        await a.DeliverAsync(4).Soon();
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync()).Soon();

        Assert.That(pairs, Is.EqualTo(new[] { (2, "a"), (3, "a"), (4, "b") }));
    }

    /// <summary>streamz takes an index; here a side is named by any handle of its stream.</summary>
    [Test]
    [Parity("3.1", "test_combine_latest_emit_on_stream", "~")]
    public async Task CombineLatest_EmitOnAnotherHandleOfTheStream_IsTheSame()
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<int>();
        var mapped = a.Map(x => x + 1);
        var pairs = mapped.CombineLatest(b, emitOn: [mapped.Named("first")]).SinkToList();
        a.Start();

        await b.DeliverAsync(1).Soon();
        await b.DeliverAsync(2).Soon();
        await a.DeliverAsync(1).Soon();
        await b.DeliverAsync(3).Soon();
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync()).Soon();

        Assert.That(pairs, Is.EqualTo(new[] { (2, 2) }));
    }

    [Test]
    [Parity("3.1", "test_combine_latest_ref_counts", "=")]
    public async Task CombineLatest_NewValue_ReleasesTheOldOne()
    {
        var (a, b) = (new StreamSource<int>(), new StreamSource<int>());
        List<FollowedElement> left = [], right = [];
        a.Ticketed(left).CombineLatest(b.Ticketed(right)).SinkToList();
        var pipeline = a.Start();

        await PutAsync(a, pipeline, 1);
        await PutAsync(b, pipeline, 2);
        Assert.That(left.Concat(right).Select(ticket => ticket.Released.IsCompleted), Is.EqualTo(new[] { false, false }));
        Assert.That(left.Concat(right).Select(ticket => ticket.Delivered.IsCompleted), Is.EqualTo(new[] { true, true }));
        await PutAsync(a, pipeline, 3);
        Assert.That(left.Concat(right).Select(ticket => ticket.Released.IsCompleted), Is.EqualTo(new[] { true, false, false }));
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync()).Soon();

        Assert.That(left.Concat(right).Select(ticket => ticket.Released.IsCompleted), Is.All.True);
    }

    [Test]
    [Parity("3.1", "test_combine_latest_metadata", "=")]
    public async Task CombineLatest_PartlyTraced_BelongsToTheTracesOfTheCurrentValues()
    {
        using var recorder = new TraceRecorder();
        var (a, b) = (new StreamSource<int>(), new StreamSource<int>());
        a.CombineLatest(b).Buffer(1).Named("after combine").SinkToList();
        var pipeline = a.Start();

        var left = await EmitTracedAsync(a, pipeline, 1);
        var right = await EmitTracedAsync(b, pipeline, 2);
        await b.EmitAsync(3).Soon();
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync()).Soon();

        Assert.That(
            recorder.Of("after combine").Select(TraceRecorder.Parents),
            Is.EqualTo(new ActivityTraceId[][] { [left, right], [left] }));
    }

    [Test]
    [Parity("3.1", "test_zip_latest", "=")]
    public async Task ZipLatest_LosslessSide_LosesNothing()
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<string>();
        var lossless = a.ZipLatest(b).SinkToList();
        var lossy = a.CombineLatest(b, emitOn: [a]).SinkToList();
        var pipeline = a.Start();

        await PutAsync(a, pipeline, 1, 2);
        await PutAsync(b, pipeline, "a", "b");
        await PutAsync(a, pipeline, 3);
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync()).Soon();

        Assert.That(lossless, Is.EqualTo(new[] { (1, "a"), (2, "a"), (3, "b") }));
        Assert.That(lossy, Is.EqualTo(new[] { (3, "b") }));
    }

    [Test]
    [Parity("3.1", "test_zip_latest_reverse", "=")]
    public async Task ZipLatest_LatestSideComesFirst_EmitsAtOnce()
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<string>();
        var pairs = a.ZipLatest(b).SinkToList();
        var pipeline = a.Start();

        await PutAsync(b, pipeline, "a");
        await PutAsync(a, pipeline, 1, 2);
        await PutAsync(b, pipeline, "b");
        await PutAsync(a, pipeline, 3);
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync()).Soon();

        Assert.That(pairs, Is.EqualTo(new[] { (1, "a"), (2, "a"), (3, "b") }));
    }

    [Test]
    [Parity("3.1", "test_triple_zip_latest", "=")]
    public async Task ZipLatest_TwoLatestSides_FlushesTheBacklogOnceBothAreThere()
    {
        var a = new StreamSource<int>();
        var b = new StreamSource<string>();
        var c = new StreamSource<string>();
        var triples = a.ZipLatest(b, c).SinkToList();
        var pipeline = a.Start();

        await PutAsync(a, pipeline, 1, 2);
        await PutAsync(b, pipeline, "a");
        await PutAsync(a, pipeline, 3);
        await PutAsync(b, pipeline, "b");
        await PutAsync(c, pipeline, "I", "II");
        await PutAsync(a, pipeline, 4);
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync(), c.CompleteAsync()).Soon();

        Assert.That(triples, Is.EqualTo(new[] { (1, "b", "I"), (2, "b", "I"), (3, "b", "I"), (4, "b", "II") }));
    }

    [Test]
    [Parity("3.1", "test_zip_latest_ref_counts", "=")]
    public async Task ZipLatest_LosslessElement_IsReleasedWhenEmitted()
    {
        var (a, b) = (new StreamSource<int>(), new StreamSource<int>());
        List<FollowedElement> lossless = [], latest = [];
        a.Ticketed(lossless).ZipLatest(b.Ticketed(latest)).SinkToList();
        var pipeline = a.Start();

        await PutAsync(a, pipeline, 1);
        Assert.That(lossless[0].Delivered.IsCompleted, Is.False);
        await PutAsync(b, pipeline, 2);
        Assert.That((lossless[0].Released.IsCompleted, latest[0].Released.IsCompleted), Is.EqualTo((true, false)));
        await PutAsync(b, pipeline, 3);
        Assert.That(latest.Select(ticket => ticket.Released.IsCompleted), Is.EqualTo(new[] { true, false }));
        await PutAsync(a, pipeline, 4);
        Assert.That((lossless[1].Released.IsCompleted, latest[1].Released.IsCompleted), Is.EqualTo((true, false)));
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync()).Soon();

        Assert.That(latest[1].Released.IsCompleted, Is.True);
    }

    [Test]
    [Parity("3.1", "test_zip_latest_metadata", "=")]
    public async Task ZipLatest_Traced_BelongsToTheTracesOfAllSides()
    {
        using var recorder = new TraceRecorder();
        var (a, b) = (new StreamSource<int>(), new StreamSource<int>());
        a.ZipLatest(b).Buffer(1).Named("after zip latest").SinkToList();
        var pipeline = a.Start();

        var first = await EmitTracedAsync(a, pipeline, 1);
        var latest = await EmitTracedAsync(b, pipeline, 2);
        var second = await EmitTracedAsync(a, pipeline, 3);
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync()).Soon();

        Assert.That(
            recorder.Of("after zip latest").Select(TraceRecorder.Parents),
            Is.EqualTo(new ActivityTraceId[][] { [first, latest], [second, latest] }));
    }

    [TestCase(false)]
    [TestCase(true)]
    [Defect("D18")]
    public async Task ZipLatest_AnyModeOfRunning_Works(bool onAThreadOfItsOwn)
    {
        var a = new StreamSource<int>(new StreamOptions { RunOn = onAThreadOfItsOwn ? RunOn.DedicatedThread() : RunOn.ThreadPool });
        var b = new StreamSource<int>();
        var pairs = a.ZipLatest(b).SinkToList();
        var pipeline = a.Start();

        b.Emit(10);
        await pipeline.SettleAsync().Soon();
        a.Emit(1);
        a.Emit(2);
        await Task.WhenAll(a.CompleteAsync(), b.CompleteAsync()).Soon();

        Assert.That(pairs, Is.EqualTo(new[] { (1, 10), (2, 10) }));
    }

    private static async Task PutAsync<T>(StreamSource<T> source, Pipeline pipeline, params T[] values)
    {
        foreach (var value in values)
        {
            await source.EmitAsync(value).Soon();
            await pipeline.SettleAsync().Soon();
        }
    }

    private static async Task<ActivityTraceId> EmitTracedAsync(StreamSource<int> source, Pipeline pipeline, int value)
    {
        var trace = await TraceRecorder.UnderNewTraceAsync(() => source.EmitAsync(value).Soon());
        await pipeline.SettleAsync().Soon();
        return trace;
    }
}
