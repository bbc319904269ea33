using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class MaterializeTests
{
    [Test]
    public async Task Materialize_FailureUpstream_IsDeliveredThoughThePipelineFails()
    {
        var source = new StreamSource<int>();
        var seen = source.Map(x => 10 / x, options: new NodeOptions { Name = "divide" }).Materialize().Buffer(4).SinkToList();
        var pipeline = source.Start();

        await source.EmitAsync(5).Soon();
        await source.EmitAsync(0).Soon();
        await pipeline.Completion.Ended();

        Assert.That(seen.Select(each => each.Kind), Is.EqualTo(new[] { NotificationKind.Element, NotificationKind.Failed }));
        Assert.That(seen[1].Failure!.NodeName, Is.EqualTo("divide"));
        Assert.That(seen[1].Failure!.InnerException, Is.TypeOf<DivideByZeroException>());
        Assert.That(pipeline.Completion.IsFaulted);
    }

    [Test]
    public async Task Materialize_FailureDownstream_EmitsNothing()
    {
        var source = new StreamSource<int>();
        var seen = new List<Notification<int>>();
        source.Materialize().Sink(notification =>
        {
            seen.Add(notification);
            throw new InvalidOperationException("full");
        });
        var pipeline = source.Start();

        await source.EmitAsync(5).Soon();
        await pipeline.Completion.Ended();

        Assert.That(seen, Has.Count.EqualTo(1));
        Assert.That(pipeline.GetSnapshot().Nodes.Sum(node => node.Abandoned), Is.Zero, "What a stage tells at its end is no element.");
    }
}
