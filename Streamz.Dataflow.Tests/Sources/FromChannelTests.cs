using System.Threading.Channels;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture]
internal sealed class FromChannelTests
{
    [Test, CancelAfter(30_000)]
    public async Task FromChannel_Completed_EndsAfterAllItems()
    {
        var channel = Channel.CreateUnbounded<int>();
        var list = StreamSource.FromChannel(channel.Reader).SinkToList();
        var pipeline = list.Start();

        foreach (var item in Enumerable.Range(0, 100))
        {
            await channel.Writer.WriteAsync(item);
        }

        channel.Writer.Complete();
        await pipeline.Completion.Soon();

        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 100)));
    }

    [Test, CancelAfter(30_000)]
    public void FromChannel_CompletedWithAnError_FailsAfterTheItemsBefore()
    {
        var channel = Channel.CreateUnbounded<int>();
        channel.Writer.TryWrite(1);
        channel.Writer.Complete(new InvalidDataException("no more"));
        var list = StreamSource.FromChannel(channel.Reader).Named("orders").SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion.Soon());

        Assert.That(failure!.NodeName, Is.EqualTo("orders"));
        Assert.That(failure.InnerException, Is.TypeOf<InvalidDataException>());
        Assert.That(list, Is.EqualTo(new[] { 1 }));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromChannel_StoppedWhileThePipelineIsFull_LosesNothing()
    {
        var channel = Channel.CreateUnbounded<int>();
        foreach (var item in Enumerable.Range(0, 20))
        {
            channel.Writer.TryWrite(item);
        }

        var written = new List<int>();
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var sink = StreamSource.FromChannel(channel.Reader).Sink(async item =>
        {
            arrived.TrySetResult();
            await release.Task;
            written.Add(item);
        });
        var first = sink.Start();
        await arrived.Task.Soon();
        await first.WhenSettledAsync().Soon();
        var stopping = first.StopAsync(Timeout.InfiniteTimeSpan);
        release.SetResult();
        await stopping.Soon();
        var atTheStop = written.Count;

        channel.Writer.Complete();
        await sink.Start().Completion.Soon();

        Assert.That(atTheStop, Is.LessThan(20));
        Assert.That(written, Is.EqualTo(Enumerable.Range(0, 20)));
    }
}
