using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class PrependTests
{
    [Test]
    public async Task Prepend_Start_EmitsBeforeAnyElementComes([Values] bool fuse)
    {
        var source = new StreamSource<int>(new StreamOptions { Fuse = fuse });
        var windows = source.Map(value => value * 10).Prepend(1, 2).TimedWindow(TimeSpan.FromHours(1), emitEmpty: true, maxCount: 2).SinkToList();
        var pipeline = source.Start();

        await pipeline.SettleAsync().Soon();
        Assert.That(windows, Is.EqualTo(new int[][] { [1, 2] }));

        await source.EmitAsync(3).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(windows, Is.EqualTo(new int[][] { [1, 2], [30] }));
    }

    [Test]
    public async Task Prepend_Chained_TheLastOneComesFirst([Values] bool fuse)
    {
        var source = new StreamSource<int>(new StreamOptions { Fuse = fuse });
        var results = source.Prepend(3, 4).Prepend([1, 2]).SinkToList();

        await source.EmitAsync(5).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1, 2, 3, 4, 5 }));
    }

    [Test, DefaultMode]
    public async Task Prepend_SlowSink_PullsOneItemAtATime()
    {
        var pulled = 0;
        var writer = new GatedWriter<int>();
        var source = new StreamSource<int>();
        source.Prepend(Enumerable.Range(0, 3).Select(value =>
        {
            pulled++;
            return value;
        })).Sink(writer.WriteAsync);
        var pipeline = source.Start();
        var emit = source.EmitAsync(3);

        for (var item = 1; item <= 3; item++)
        {
            await pipeline.SettleAsync().Soon();
            Assert.That(pulled, Is.EqualTo(item));
            writer.Finish();
        }

        await emit.Soon();
        writer.Finish();
        await source.CompleteAsync().Soon();
        Assert.That(writer.Finished, Is.EqualTo(new[] { 0, 1, 2, 3 }));
    }

    [Test]
    public async Task Prepend_SequenceFails_StopsThePipelineBehindTheItemsBefore()
    {
        var source = new StreamSource<int>();
        var results = source.Prepend(Failing()).Named("first").SinkToList();
        var pipeline = source.Start();

        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("first"));
        Assert.That(results, Is.EqualTo(new[] { 1 }));

        static IEnumerable<int> Failing()
        {
            yield return 1;
            throw new FormatException();
        }
    }

    [Test]
    public async Task Prepend_EndlessSequenceAndAbort_Ends()
    {
        var source = new StreamSource<int>();
        source.Prepend(Enumerable.InfiniteSequence(0, 1)).Sink(async (int _, CancellationToken aborted) => await Task.Delay(Timeout.Infinite, aborted));
        var pipeline = source.Start();

        await pipeline.SettleAsync().Soon();
        await pipeline.StopAsync(TimeSpan.Zero).Soon();

        Assert.That(pipeline.Completion.IsCompleted, Is.True);
    }

    [Test]
    public async Task Prepend_ArrayChangesLater_MeansWhatItSaidAtTheCall()
    {
        int[] first = [1];
        var source = new StreamSource<int>();
        var results = source.Prepend(first).SinkToList();
        first[0] = 2;

        source.Start();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1 }));
    }
}
