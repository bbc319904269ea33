using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class AppendTests
{
    [Test]
    public async Task Append_Chained_ComesInTheOrderOfTheCalls()
    {
        var source = new StreamSource<int>();
        var results = source.Append(2).Append([3, 4]).SinkToList();

        await source.EmitAsync(1).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [Test]
    public async Task Append_Fault_AppendsNothing()
    {
        var source = new StreamSource<int>();
        var results = source.Append(2).Map(value => value == 0 ? throw new FormatException() : value).SinkToList();

        await source.EmitAsync(1).Soon();
        Assert.That(async () => await source.DeliverAsync(0).Soon(), Throws.TypeOf<NodeFailedException>());
        Assert.That(async () => await source.CompleteAsync().Soon(), Throws.TypeOf<NodeFailedException>());

        Assert.That(results, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public async Task Append_EndlessSequenceBeforeAFault_Ends()
    {
        var source = new StreamSource<int>();
        source.Append(Enumerable.InfiniteSequence(0, 1)).Sink(value => ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 10)).Named("sink");
        var pipeline = source.Start();

        source.Complete();

        Assert.That(async () => await pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("sink"));
    }
}
