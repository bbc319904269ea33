using System.Diagnostics;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Diagnostics;

/// <summary>The activities of nodes that wait or fail, on one branch and on several.</summary>
[CancelAfter(30_000), NonParallelizable, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TraceBranchTests : TraceFixture
{
    [TestCase(1)]
    [TestCase(2)]
    public async Task Traces_SomeElementsHaveNone_AllAreCounted(int branches)
    {
        var source = new StreamSource<int>(Options).Named("source");
        for (var branch = 0; branch < branches; branch++)
        {
            source.Map(x => x, options: Named("first", branch)).Map(x => x, options: Named("second", branch)).Sink(_ => { }, options: Named("save", branch));
        }

        var pipeline = source.Start();
        await DeliverTracedAsync(source, 1).Soon();
        await source.DeliverAsync(2).Soon();
        await DeliverTracedAsync(source, 3).Soon();

        var snapshot = pipeline.GetSnapshot();
        Assert.That(snapshot.Nodes.Select(node => node.Received), Has.All.EqualTo(3), string.Join(", ", snapshot.Nodes.Select(node => $"{node.Name} {node.Received}")));
        Assert.That(snapshot.Nodes.Where(node => !node.Name.StartsWith("save", StringComparison.Ordinal)).Select(node => node.Sent), Has.All.EqualTo(3));
        Assert.That(Find("second 0"), Has.Count.EqualTo(2));
        await source.CompleteAsync().Soon();
    }

    [TestCase(1)]
    [TestCase(3)]
    public async Task Traces_SinkWaits_SoDoesTheNextElementAndTheActivityLasts(int branches)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = 0;
        var source = new StreamSource<int>(Options);
        for (var branch = 0; branch < branches; branch++)
        {
            source.Sink(
                async _ =>
                {
                    entered++;
                    await gate.Task;
                },
                options: Named("save", branch));
        }

        var pipeline = source.Start();
        var deliveries = new[] { DeliverTracedAsync(source, 1), DeliverTracedAsync(source, 2) };
        await pipeline.SettleAsync().Soon();
        Assert.That(entered, Is.EqualTo(branches));
        Assert.That(deliveries.Select(each => each.IsCompleted), Has.All.False);
        Assert.That(Stopped.Where(each => each.OperationName.StartsWith("save", StringComparison.Ordinal)), Is.Empty);

        gate.SetResult();
        await Task.WhenAll(deliveries).Soon();

        Assert.That(entered, Is.EqualTo(2 * branches));
        for (var branch = 0; branch < branches; branch++)
        {
            Assert.That(Find($"save {branch}"), Has.Count.EqualTo(2));
        }

        await source.CompleteAsync().Soon();
    }

    [TestCase(1)]
    [TestCase(2)]
    public async Task Traces_SinkFailsAfterItHasWaited_IsMarkedAndItsPolicyIsAsked(int branches)
    {
        var source = new StreamSource<int>(Options with { OnError = ErrorPolicy.Skip });
        for (var branch = 0; branch < branches; branch++)
        {
            source.Sink(
                async x =>
                {
                    await Task.Yield();
                    if (x == 1)
                    {
                        throw new TimeoutException();
                    }
                },
                options: Named("save", branch));
        }

        var outcomes = new[] { await DeliverTracedAsync(source, 1).Soon(), await DeliverTracedAsync(source, 2).Soon() };
        await source.CompleteAsync().Soon();

        Assert.That(outcomes, Is.EqualTo(new[] { DeliveryOutcome.Dropped, DeliveryOutcome.Delivered }));
        for (var branch = 0; branch < branches; branch++)
        {
            Assert.That(Find($"save {branch}").Select(each => each.Status), Is.EqualTo(new[] { ActivityStatusCode.Error, ActivityStatusCode.Unset }));
            Assert.That(Find($"save {branch}")[0].GetTagItem("error.type"), Is.EqualTo("System.TimeoutException"));
        }
    }

    [TestCase(1, 0, "first 0")]
    [TestCase(1, 1, "second 0")]
    [TestCase(2, 0, "first 0")]
    [TestCase(2, 1, "second 0")]
    [DefaultMode]
    public async Task Traces_OneOfManyNodesFails_ItIsTheOneThatIsNamed(int branches, int element, string expected)
    {
        var source = new StreamSource<int>(Options);
        for (var branch = 0; branch < branches; branch++)
        {
            source.Map(x => 10 / x, options: Named("first", branch)).Map(x => 10 / (x - 10), options: Named("second", branch)).Sink(_ => { });
        }

        var pipeline = source.Start();
        await DeliverTracedAsync(source, 5).Soon();
        await DeliverTracedAsync(source, element).Ended();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => pipeline.Completion.Soon());
        Assert.That(failure!.NodeName, Is.EqualTo(expected));
    }

    private static NodeOptions Named(string name, int branch) => new() { Name = $"{name} {branch}" };

    private static async Task<DeliveryOutcome> DeliverTracedAsync(StreamSource<int> source, int value)
    {
        using var caller = Begin();
        return await source.DeliverAsync(value);
    }
}
