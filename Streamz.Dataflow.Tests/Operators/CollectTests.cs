using System.Diagnostics;
using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class CollectTests
{
    [Test]
    [Parity("3.1", "test_collect", "=")]
    public async Task Collect_Flush_EmitsWhatCameSinceTheLastEvenIfNothing()
    {
        var source = new StreamSource<int>();
        var flush = new StreamSource<string>();
        var lists = source.Collect(flush).SinkToList();

        await source.EmitAllAsync([1, 2]).Soon();
        Assert.That(lists, Is.Empty);
        await flush.DeliverAsync("now").Soon();
        Assert.That(lists, Is.EqualTo(new int[][] { [1, 2] }));
        await flush.DeliverAsync("again").Soon();
        Assert.That(lists, Is.EqualTo(new int[][] { [1, 2], [] }));
        await source.EmitAsync(3).Soon();
        await Task.WhenAll(source.CompleteAsync(), flush.CompleteAsync()).Soon();

        Assert.That(lists, Is.EqualTo(new int[][] { [1, 2], [], [3] }), "The end lets go of the rest.");
    }

    [Test]
    [Parity("3.1", "test_collect_ref_counts", "=")]
    public async Task Collect_Element_IsHeldUntilTheFlush()
    {
        List<FollowedElement> tickets = [];
        var source = new StreamSource<int>();
        var flush = new StreamSource<bool>();
        source.Ticketed(tickets).Collect(flush).SinkToList();
        var pipeline = source.Start();

        await source.EmitAllAsync([1, 2]).Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(tickets.Select(ticket => ticket.Delivered.IsCompleted), Is.EqualTo(new[] { false, false }));
        await flush.DeliverAsync(true).Soon();
        await pipeline.SettleAsync().Soon();

        Assert.That(tickets.Select(ticket => ticket.Released.IsCompleted), Is.EqualTo(new[] { true, true }));
        await Task.WhenAll(source.CompleteAsync(), flush.CompleteAsync()).Soon();
    }

    [Test]
    [Parity("3.1", "test_collect_metadata", "=")]
    public async Task Collect_Traced_TheListBelongsToTheTracesOfItsMembersAndItsFlush()
    {
        using var recorder = new TraceRecorder();
        var source = new StreamSource<int>();
        var flush = new StreamSource<bool>();
        source.Collect(flush).Buffer(1).Named("after collect").SinkToList();
        source.Start();

        List<ActivityTraceId> traces = [];
        foreach (var value in new[] { 1, 2 })
        {
            traces.Add(await TraceRecorder.UnderNewTraceAsync(() => source.EmitAsync(value).Soon()));
        }

        await source.EmitAsync(3).Soon();
        traces.Add(await TraceRecorder.UnderNewTraceAsync(() => flush.EmitAsync(true).Soon()));
        await Task.WhenAll(source.CompleteAsync(), flush.CompleteAsync()).Soon();

        Assert.That(recorder.Of("after collect").Select(TraceRecorder.Parents), Is.EqualTo(new[] { traces }));
    }

    [Test]
    public async Task Collect_FlushOfAnotherStream_IsOfThatMoment()
    {
        var source = new StreamSource<int>();
        var end = source.Filter(value => value == 0);
        var lists = source.Collect(end).SinkToList();
        var pipeline = source.Start();

        foreach (var value in new[] { 1, 2, 0, 3 })
        {
            await source.EmitAsync(value).Soon();
            await pipeline.SettleAsync().Soon();
        }

        await source.CompleteAsync().Soon();
        Assert.That(lists.SelectMany(list => list), Is.EqualTo(new[] { 1, 2, 0, 3 }));
        Assert.That(lists, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Collect_FlushesEndFirst_GathersOn()
    {
        var source = new StreamSource<int>();
        var flush = new StreamSource<bool>();
        var lists = source.Collect(flush).SinkToList();
        source.Start();

        await flush.CompleteAsync().Soon();
        await source.EmitAllAsync([1, 2]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(lists, Is.EqualTo(new int[][] { [1, 2] }));
    }

    [Test]
    public async Task Collect_ElementsEndFirst_StopsTheSourceOfFlushes()
    {
        var source = new StreamSource<int>();
        var flush = new StreamSource<bool>();
        var lists = source.Collect(flush).SinkToList();
        var pipeline = source.Start();

        await source.EmitAsync(1).Soon();
        source.Complete();
        await pipeline.Completion.Soon();

        Assert.That(lists, Is.EqualTo(new int[][] { [1] }));
        Assert.That(async () => await flush.EmitAsync(true).Soon(), Throws.TypeOf<PipelineClosedException>());
    }

    [Test]
    public async Task Collect_Full_IsEmittedWithoutAFlush()
    {
        var source = new StreamSource<int>();
        var flush = new StreamSource<bool>();
        var lists = source.Collect(flush, maxCount: 2).SinkToList();

        await source.EmitAllAsync([1, 2, 3]).Soon();
        await Task.WhenAll(source.CompleteAsync(), flush.CompleteAsync()).Soon();

        Assert.That(lists, Is.EqualTo(new int[][] { [1, 2], [3] }));
    }

    [Test]
    public void Collect_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.Collect(source, maxCount: 0), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxCount"));
        Assert.That(source.Collect(source.Skip(1), maxCount: 5).Node.Label, Is.EqualTo("collect maxCount=5"));
    }
}
