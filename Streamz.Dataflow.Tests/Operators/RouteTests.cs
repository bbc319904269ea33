using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Runtime;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(30_000)]
internal sealed class RouteTests
{
    [Test]
    public async Task Route_EachElement_GoesToTheFirstBranchThatTakesIt()
    {
        var source = new StreamSource<int>();
        var (fizz, buzz, rest) = source.Route(value => value % 3 == 0, value => value % 5 == 0);
        var (fizzes, buzzes, others) = (fizz.SinkToList(), buzz.SinkToList(), rest.SinkToList());

        await source.EmitAllAsync(Enumerable.Range(1, 15));
        await source.CompleteAsync().Soon();

        Assert.That(fizzes, Is.EqualTo(new[] { 3, 6, 9, 12, 15 }));
        Assert.That(buzzes, Is.EqualTo(new[] { 5, 10 }));
        Assert.That(others, Is.EqualTo(new[] { 1, 2, 4, 7, 8, 11, 13, 14 }));
    }

    [Test]
    public async Task Route_Predicate_IsCalledOnceForAnElementAndNotBehindTheFirstThatAccepts()
    {
        var calls = new List<string>();
        var source = new StreamSource<int>();
        Func<int, bool> Case(int number) => value =>
        {
            calls.Add($"{value}: {number}");
            return value == number;
        };

        var branches = source.Route([Case(0), Case(1), Case(2)]);
        foreach (var branch in branches)
        {
            branch.SinkToList();
        }

        await source.EmitAllAsync([1, 3]);
        await source.CompleteAsync().Soon();

        Assert.That(calls, Is.EqualTo(new[] { "1: 0", "1: 1", "3: 0", "3: 1", "3: 2" }));
    }

    [Test]
    public async Task Route_PredicateFails_FailsTheElementAtTheRoutingNodeOnly()
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var (positive, even, rest) = source.Route(
            value => value == 0 ? throw new FormatException() : value > 0,
            value => value % 2 == 0,
            new NodeOptions { Name = "router" });
        var all = positive.Union(even, rest).SinkToList();
        var pipeline = source.Start();

        Assert.That(await source.DeliverAsync(0).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        Assert.That(await source.DeliverAsync(-1).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();

        Assert.That(all, Is.EqualTo(new[] { -1 }));
        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Failed > 0).Name, Is.EqualTo("router"));
    }

    [Test]
    public async Task Route_BranchThatIsNotConnected_DiscardsAndIsNamedAsAnOpenEnd()
    {
        var source = new StreamSource<int>();
        var (_, _, rest) = source.Route(value => value > 10, value => value > 5);
        var others = rest.SinkToList();
        var pipeline = source.Start();

        await source.EmitAllAsync([20, 7, 1]);
        await source.CompleteAsync().Soon();

        Assert.That(others, Is.EqualTo(new[] { 1 }));
        Assert.That(pipeline.Explain(), Does.Contain("open end: case value => value > 10").And.Contain("open end: case value => value > 5"));
        Assert.That(pipeline.GetSnapshot().Nodes.Sum(node => node.Discarded), Is.EqualTo(2));
    }

    [Test]
    public async Task Route_BranchThatWaits_HoldsBackOnlyItsOwnSegment()
    {
        var source = new StreamSource<int>();
        var gate = new TaskCompletionSource();
        var (slow, fast, _) = source.Route(value => value < 0, value => value > 0);
        slow.Buffer(1).Sink(async _ => await gate.Task);
        var passed = fast.SinkToList();
        var pipeline = source.Start();

        await source.EmitAsync(-1).Soon();
        await source.EmitAsync(1).Soon();
        await pipeline.SettleAsync().Soon();

        Assert.That(passed, Is.EqualTo(new[] { 1 }));
        gate.SetResult();
        await source.CompleteAsync().Soon();
    }

    [Test, DefaultMode]
    public void Route_AllBranches_ShareOneSegmentAndAreReadableInADrawing()
    {
        var source = new StreamSource<int>();
        var (large, small, _) = source.Route(value => value > 10, value => value > 5);
        large.SinkToList();
        small.SinkToList();

        Assert.That(source.Start().Explain(), Does.Contain("in 1 segments"));
        Assert.That(source.ToMermaid(), Does.Contain("route to 3 branches").And.Contain("otherwise"));
    }

    [Test]
    public void Route_BadArguments_AreRefusedAtTheCall()
    {
        var source = new StreamSource<int>();
        Func<int, bool> any = _ => true;
        Assert.That(() => source.Route([]), Throws.ArgumentException.With.Property("ParamName").EqualTo("predicates").And.Message.Contains("Give it one"));
        Assert.That(() => source.Route([any, null!]), Throws.ArgumentException.With.Message.Contains("Predicate 1"));
        Assert.That(() => source.Route(any, null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("second"));
        Assert.That(() => source.Route(any, any, (Func<int, bool>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("third"));
    }
}
