using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class TakeWhileTests
{
    [Test]
    public async Task TakeWhile_RefusedOnce_IsNotAskedAgain()
    {
        var asked = new List<int>();
        var source = new StreamSource<int>();
        var small = source.TakeWhile(x =>
        {
            asked.Add(x);
            return x < 2;
        }).SinkToList();
        var all = source.SinkToList();

        await source.EmitAllAsync([1, 2, 1, 1]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(small, Is.EqualTo(new[] { 1 }));
        Assert.That(asked, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(all, Is.EqualTo(new[] { 1, 2, 1, 1 }));
    }

    [Test]
    public async Task TakeWhile_RefusedElement_IsCountedAsDropped()
    {
        var source = new StreamSource<int>();
        source.TakeWhile(x => x < 2, new NodeOptions { Name = "small" }).SinkToList();
        var pipeline = source.Start();

        var outcome = await source.DeliverAsync(5).Soon();
        await pipeline.Completion.Soon();

        Assert.That(outcome, Is.EqualTo(DeliveryOutcome.Dropped));
        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "small").Dropped, Is.EqualTo(1));
    }
}
