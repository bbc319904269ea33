using System.Threading.Channels;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Bridges;

[TestFixture, CancelAfter(30_000)]
internal sealed class ToChannelTests
{
    [Test]
    public async Task ToChannel_Elements_ArriveInOrderAndTheChannelEnds()
    {
        var reader = StreamSource.FromEnumerable<string?>(["a", null, ""]).ToChannelAndStart(2);

        Assert.That(await reader.ReadAllAsync().ToListAsync(), Is.EqualTo(new[] { "a", null, "" }));
    }

    [Test]
    public async Task ToChannel_FullChannel_HoldsThePipelineBack()
    {
        var source = new StreamSource<int>();
        var reader = source.ToChannel(capacity: 2);
        var pipeline = source.Start();
        var emits = source.EmitTogetherAsync(Enumerable.Range(0, 10));

        await pipeline.SettleAsync().Soon();
        Assert.That(reader.Count, Is.EqualTo(2));
        Assert.That(emits.IsCompleted, Is.False);

        source.Complete();
        Assert.That(await reader.ReadAllAsync().ToListAsync(), Is.EqualTo(Enumerable.Range(0, 10)));
        await emits.Soon();
        await pipeline.Completion.Soon();
    }

    [Test]
    public async Task ToChannel_BranchEndsAndThePipelineGoesOn_ReaderEnds()
    {
        var source = new StreamSource<int>();
        var reader = source.Take(2).ToChannel(capacity: 10);
        source.Sink(_ => { });
        var pipeline = source.Start();
        await source.EmitAllAsync([0, 1, 2]).Soon();

        Assert.That(await reader.ReadAllAsync().ToListAsync(), Is.EqualTo(new[] { 0, 1 }));

        Assert.That(pipeline.Completion.IsCompleted, Is.False);
        await source.CompleteAsync().Soon();
    }

    [Test]
    public async Task ToChannel_NodeFails_ReaderGetsWhatCameBeforeAndThenTheFailure()
    {
        var source = new StreamSource<int>();
        var reader = source.Map(x => x == 2 ? throw new FormatException("two") : x).Named("parse").ToChannel(capacity: 10);
        var pipeline = source.Start();

        await source.EmitAllAsync([0, 1]).Soon();
        await source.EmitAsync(2).Soon();

        var read = new List<int>();
        var failure = Assert.ThrowsAsync<NodeFailedException>(async () =>
        {
            await foreach (var value in reader.ReadAllAsync())
            {
                read.Add(value);
            }
        });
        Assert.That(failure!.NodeName, Is.EqualTo("parse"));
        Assert.That(read, Is.EqualTo(new[] { 0, 1 }));
        await pipeline.DisposeAsync().AsTask().Soon();
    }

    [Test]
    public async Task ToChannel_PipelineAborted_ReaderIsTold()
    {
        var source = new StreamSource<int>();
        var reader = source.ToChannel(capacity: 1);
        var pipeline = source.Start();
        var emits = source.EmitTogetherAsync([0, 1]);

        var report = await pipeline.StopAsync(TimeSpan.Zero).Soon();

        Assert.That(report, Is.Not.Null);
        Assert.That(async () => await reader.ReadAllAsync().ToListAsync(), Throws.TypeOf<PipelineAbortedException>());
        await emits.ContinueWith(_ => { }, TaskScheduler.Default).Soon();
    }

    [Test]
    public async Task ToChannel_LeftOpen_TakesSeveralRuns()
    {
        var channel = Channel.CreateUnbounded<int>();
        var numbers = StreamSource.FromEnumerable([1, 2]);
        numbers.ToChannel(channel.Writer, complete: false);

        await numbers.Start().Completion.Soon();
        await numbers.Start().Completion.Soon();
        channel.Writer.Complete();

        Assert.That(await channel.Reader.ReadAllAsync().ToListAsync(), Is.EqualTo(new[] { 1, 2, 1, 2 }));
    }

    [Test]
    public async Task ToChannel_SecondRunOfAnEndedChannel_IsRefusedWithACure()
    {
        var numbers = StreamSource.FromEnumerable([1, 2]);
        numbers.ToChannel(Channel.CreateUnbounded<int>().Writer);
        await numbers.Start().Completion.Soon();

        Assert.That(
            async () => await numbers.Start().Completion.Soon(),
            Throws.TypeOf<NodeFailedException>().With.Message.Contains("complete: false"));
    }

    [Test]
    public async Task ToChannel_ChannelClosedBySomebodyElse_FailsTheNode()
    {
        var channel = Channel.CreateUnbounded<int>();
        var source = new StreamSource<int>();
        source.ToChannel(channel.Writer).Named("out");
        channel.Writer.Complete();

        Assert.That(
            async () => await source.DeliverAsync(1).Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("out").And.InnerException.TypeOf<ChannelClosedException>());
        await source.DisposeAsync().AsTask().Soon();
    }

    [Test]
    public void ToChannel_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.ToChannel((ChannelWriter<int>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("writer"));
        Assert.That(
            () => source.ToChannel(0),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("capacity").And.Property("ActualValue").Zero);
    }
}

internal static class ChannelStarting
{
    public static ChannelReader<T> ToChannelAndStart<T>(this Stream<T> stream, int capacity)
    {
        var reader = stream.ToChannel(capacity);
        stream.Start();
        return reader;
    }
}
