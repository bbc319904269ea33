using Streamz.Dataflow.Tests.Runtime;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(30_000)]
internal sealed class SplitTests
{
    [Test]
    public async Task Split_EachElement_GoesToExactlyOneBranch()
    {
        var source = new StreamSource<int>();
        var (large, small) = source.Split(value => value > 100);
        var (larges, smalls) = (large.SinkToList(), small.SinkToList());

        Assert.That(await source.DeliverAsync(200).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.EmitAllAsync([1, 100, 101]);
        await source.CompleteAsync().Soon();

        Assert.That(larges, Is.EqualTo(new[] { 200, 101 }));
        Assert.That(smalls, Is.EqualTo(new[] { 1, 100 }));
    }

    [Test]
    public async Task Split_PredicateFails_StopsUnderTheNodesName()
    {
        var source = new StreamSource<int>();
        source.Split(_ => throw new FormatException(), new NodeOptions { Name = "by size" }).Matched.SinkToList();

        Assert.That(
            async () => await source.DeliverAsync(1).Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("by size").And.InnerException.TypeOf<FormatException>());
        await source.DisposeAsync();
    }

    [Test]
    public void Split_Labels_ShowThePredicateAndTheBranches()
    {
        var (matched, otherwise) = new StreamSource<int>().Split(int.IsPositive);

        Assert.That(matched.Node.Inputs[0].From.Label, Is.EqualTo("split int.IsPositive"));
        Assert.That((matched.Node.Label, otherwise.Node.Label), Is.EqualTo(("matched", "otherwise")));
    }
}
