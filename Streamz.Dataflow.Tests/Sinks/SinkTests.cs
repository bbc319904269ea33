using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Sinks;

internal sealed class SinkTests
{
    [Test]
    public async Task Sink_Parallel_WritesThatManyAtOnce()
    {
        const int degree = 3;
        var source = new StreamSource<int>();
        var open = new TaskCompletionSource();
        var writing = 0;
        source.Sink(
            async (int _) =>
            {
                Interlocked.Increment(ref writing);
                await open.Task;
            },
            degree);
        var pipeline = source.Start();
        var emits = Enumerable.Range(0, 20).Select(value => source.DeliverAsync(value)).ToList();

        await pipeline.SettleAsync().Soon();
        Assert.That(writing, Is.EqualTo(degree));
        Assert.That(pipeline.GetSnapshot().Nodes[0].Received, Is.EqualTo(2 * degree));

        open.SetResult();
        await Task.WhenAll(emits).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(writing, Is.EqualTo(20));
    }

    [Test]
    public async Task Sink_Asynchronous_ElementIsDeliveredWhenItIsWritten()
    {
        var source = new StreamSource<int>();
        var written = new TaskCompletionSource();
        source.Sink((int _) => written.Task);
        var pipeline = source.Start();
        var delivery = source.DeliverAsync(1);

        await pipeline.SettleAsync().Soon();
        Assert.That(delivery.IsCompleted, Is.False);
        written.SetResult();

        Assert.That(await delivery.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
    }

    [Test]
    public void Sink_ActionOfAnAsynchronousMethod_IsRefused()
    {
        Action<int> write = async _ => await Task.Yield();

        Assert.That(() => new StreamSource<int>().Sink(write), Throws.ArgumentException.With.Message.Contains("Let it return a Task"));
    }

    [Test]
    public void Sink_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.Sink((Action<int>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("write"));
        Assert.That(
            () => source.Sink(_ => { }, maxDegreeOfParallelism: 0),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxDegreeOfParallelism").And.Property("ActualValue").Zero);
    }

    [Test]
    public void Sink_Label_ShowsTheDelegate() =>
        Assert.That(new StreamSource<int>().Sink(TestContext.Out.Write).Node.Label, Is.EqualTo("sink TestContext.Out.Write"));
}
