using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class BufferTests
{
    [TestCase(1)]
    [TestCase(4)]
    [DefaultMode]
    public async Task Buffer_SlowSink_LetsThatManyWaitBesidesTheOneAtWork(int n)
    {
        var source = new StreamSource<int>();
        var open = new TaskCompletionSource();
        source.Buffer(n).Sink((int _) => open.Task);
        var pipeline = source.Start();

        var emits = Enumerable.Range(0, 10).Select(value => source.EmitAsync(value).AsTask()).ToList();
        await pipeline.SettleAsync().Soon();
        Assert.That(pipeline.GetSnapshot().Nodes[0].Received, Is.EqualTo(n + 1));

        open.SetResult();
        await Task.WhenAll(emits).Soon();
        await source.CompleteAsync().Soon();
    }

    [TestCase(0)]
    [TestCase(int.MaxValue)]
    public void Buffer_BadSize_NamesTheParameter(int n) =>
        Assert.That(
            () => new StreamSource<int>().Buffer(n),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("n").And.Property("ActualValue").EqualTo(n));

    [Test]
    public void Buffer_Label_ShowsItsSize() => Assert.That(new StreamSource<int>().Buffer(5).Node.Label, Is.EqualTo("buffer n=5"));
}
