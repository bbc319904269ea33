using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Runtime;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(30_000)]
internal sealed class BalanceTests
{
    [Test]
    public async Task Balance_EachWorker_HasWhatItsBodyMadeAndOneElementAtATime()
    {
        const int workers = 3;
        var gates = new TaskCompletionSource();
        var inside = new int[workers];
        var overlapped = false;
        var bodies = 0;
        var source = new StreamSource<int>();
        var results = source.Balance(workers, worker =>
        {
            var number = bodies++;
            return worker.Map(async (int value) =>
            {
                overlapped |= Interlocked.Increment(ref inside[number]) > 1;
                await gates.Task;
                Interlocked.Decrement(ref inside[number]);
                return value;
            });
        }).SinkToList();
        var pipeline = source.Start();
        var emits = Enumerable.Range(0, 20).Select(value => source.EmitAsync(value).AsTask()).ToList();

        await pipeline.SettleAsync().Soon();
        Assert.That(bodies, Is.EqualTo(workers));
        Assert.That(inside, Is.All.EqualTo(1), "Every worker has an element.");
        gates.SetResult();
        await Task.WhenAll(emits).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(overlapped, Is.False);
        Assert.That(results, Is.EquivalentTo(Enumerable.Range(0, 20)));
    }

    [Test]
    public async Task Balance_BusyWorker_KeepsNobodyWaitingUnlessInOrder([Values] bool ordered)
    {
        var gate = new TaskCompletionSource();
        var source = new StreamSource<int>();
        var results = source.Balance(
            2,
            worker => worker.Map(async (int value) =>
            {
                if (value == 0)
                {
                    await gate.Task;
                }

                return value;
            }),
            ordered).SinkToList();
        var pipeline = source.Start();
        await source.EmitAsync(0).Soon();
        await source.EmitAsync(1).Soon();
        await source.EmitAsync(2).Soon();
        await pipeline.SettleAsync().Soon();

        Assert.That(results, ordered ? Is.Empty : Is.EquivalentTo(new[] { 1, 2 }));
        gate.SetResult();
        await source.CompleteAsync().Soon();
        Assert.That(results, ordered ? Is.EqualTo(new[] { 0, 1, 2 }) : Is.EquivalentTo(new[] { 0, 1, 2 }));
    }

    [Test]
    public async Task Balance_StateOfAWorker_IsFreshInEveryRun()
    {
        var source = new StreamSource<int>();
        var sums = source.Balance(1, worker => worker.Accumulate((sum, value) => sum + value)).SinkToList();
        for (var run = 0; run < 2; run++)
        {
            source.Start();
            await source.EmitAllAsync([1, 2]);
            await source.CompleteAsync().Soon();
        }

        Assert.That(sums, Is.EqualTo(new[] { 1, 3, 1, 3 }));
    }

    [Test]
    public async Task Balance_Failure_LosesAllResultsOfTheElementAndKeepsTheWorker()
    {
        var source = new StreamSource<int>();
        var results = source.Balance(
            1,
            worker => worker.Flatten(value => new[] { value, value - 1 }).Filter(item => item == 0 ? throw new FormatException() : true),
            options: new NodeOptions { Name = "workers", OnError = ErrorPolicy.Skip }).SinkToList();

        Assert.That(await source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        Assert.That(await source.DeliverAsync(3).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 3, 2 }));
    }

    [Test]
    public async Task Balance_DropInAWorker_ReachesTheTicket()
    {
        var source = new StreamSource<int>();
        var results = source.Balance(1, worker => worker.Take(1)).SinkToList();
        var pipeline = source.Start();

        Assert.That(await source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(await source.DeliverAsync(2).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1 }));
        Assert.That(pipeline.GetSnapshot().Nodes.Sum(node => node.Dropped), Is.EqualTo(1));
    }

    [Test]
    public async Task Balance_DropOfAPartInAWorker_ReachesTheTicketAsOutsideOfIt([Values] bool inside)
    {
        static Stream<int> Halve(Stream<int> stream) => stream.Flatten(value => new[] { value, value }).Take(1);
        var source = new StreamSource<int>();
        var results = (inside ? source.Balance(1, Halve) : Halve(source)).SinkToList();

        Assert.That(await source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void Balance_Cluster_IsRefusedWithTheCure()
    {
        using var cluster = new LocalCluster(workers: 1);
        Assert.That(
            () => new StreamSource<int>().Balance(2, worker => worker.Scatter(cluster).Gather()),
            Throws.ArgumentException.With.Message.Contains("'scatter'").And.Message.Contains("Put Scatter and Gather in front of Balance"));
    }

    [Test]
    public async Task Balance_FailureUnderStop_CarriesTheNameOfTheNode()
    {
        var source = new StreamSource<int>();
        source.Balance(2, worker => worker.Map((Func<int, int>)(_ => throw new FormatException())), options: new NodeOptions { Name = "workers" }).SinkToList();

        Assert.That(
            async () => await source.DeliverAsync(1).Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("workers").And.InnerException.TypeOf<FormatException>());
        await source.DisposeAsync();
    }

    private static readonly TestCaseData[] s_bodies =
    [
        Body("partition", worker => worker.Partition(2).Map(list => list[0]), "partition n=2", "use GroupBy"),
        Body("rate limit", worker => worker.RateLimit(TimeSpan.FromSeconds(1)), "rate_limit 1 s", "acts by the clock"),
        Body("holds", worker => worker.Then(new Streamz.Dataflow.Graph.OperatorNode<int, int>("hold", () => new HoldingStage())), "hold", "holds elements"),
        Body("policy", worker => worker.Map(value => value, options: new NodeOptions { OnError = ErrorPolicy.Skip }), "map value => value", "State it on Balance"),
        Body("parallel", worker => worker.Map(value => value, maxDegreeOfParallelism: 2), "map value => value x2", "several elements at once"),
        Body("null", _ => null!, "null", "Let it return"),
    ];

    [TestCaseSource(nameof(s_bodies))]
    public void Balance_Body_IsRefusedNamingNodeAndCure(Func<Stream<int>, Stream<int>> body, string node, string cure) =>
        Assert.That(
            () => new StreamSource<int>().Balance(2, body),
            Throws.ArgumentException.With.Property("ParamName").EqualTo("worker").And.Message.Contains(node).And.Message.Contains(cure));

    [Test]
    public void Balance_NoWorkers_NamesTheParameter() =>
        Assert.That(
            () => new StreamSource<int>().Balance(0, worker => worker),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("workers"));

    [Test]
    public void Balance_Label_ShowsOperatorsAndWorkers()
    {
        var results = new StreamSource<int>().Balance(4, worker => worker.Map(value => value).Filter(value => value > 0)).Node;

        Assert.That(results.Inputs[0].From.Label, Is.EqualTo("balance (map, filter) x4 unordered"));
    }

    private static TestCaseData Body(string name, Func<Stream<int>, Stream<int>> body, string node, string cure) =>
        new TestCaseData(body, node, cure).SetArgDisplayNames(name);

    private sealed class HoldingStage : Streamz.Dataflow.Stages.Stage<int, int>
    {
        public override ValueTask OnElementAsync(Streamz.Dataflow.Stages.Element<int> element) => default;

        public override ValueTask OnFlushAsync() => default;
    }
}
