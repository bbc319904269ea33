using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Runtime;

/// <summary>The time that a delegate has for one element.</summary>
[CancelAfter(60_000)]
internal sealed class NodeTimeoutTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private static IEnumerable<TestCaseData> Nodes()
    {
        yield return Node("Map", (source, call, options) => source.Map((x, token) => call(x, token).AsTask(), options: options));
        yield return Node("MapAsync of value tasks", (source, call, options) => source.MapAsync(call, options: options));
        yield return Node("parallel MapAsync", (source, call, options) => source.MapAsync(call, maxDegreeOfParallelism: 3, options: options));
        yield return Node("unordered MapAsync", (source, call, options) => source.MapAsync(call, maxDegreeOfParallelism: 3, ordered: false, options: options));
        yield return Node("Filter", (source, call, options) => source.Filter(async (x, token) => await call(x, token) >= 0, options));
        yield return Node("Remove", (source, call, options) => source.Remove(async (x, token) => await call(x, token) < 0, options));
        yield return Node("Tap", (source, call, options) => source.Tap(async (x, token) => await call(x, token), options));
        yield return Node("Accumulate", (source, call, options) => source.Accumulate(0, async (_, x, token) => await call(x, token), options));
        yield return Node("Sink", (source, call, options) => source.Sink(async (x, token) => await call(x, token), options: options));
        yield return Node("parallel Sink", (source, call, options) => source.Sink(async (x, token) => await call(x, token), maxDegreeOfParallelism: 2, options: options));

        static TestCaseData Node(string name, Func<Stream<int>, Func<int, CancellationToken, ValueTask<int>>, NodeOptions, IStream> build) =>
            new TestCaseData(build).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task Timeout_DelegateThatEndsByItsToken_FailsWithNodeAndTime(Func<Stream<int>, Func<int, CancellationToken, ValueTask<int>>, NodeOptions, IStream> build)
    {
        var run = new Arrivals<int, int>(stream =>
        {
            build(stream, HangAt1Async, new NodeOptions { Name = "slow", Timeout = 2 * s_second });
            return stream;
        });
        await run.Source.DeliverAsync(0).Soon();
        var delivery = run.Source.DeliverAsync(1);
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second - TimeSpan.FromTicks(1)).Soon();
        Assert.That(delivery.IsCompleted, Is.False);
        await run.Pipeline.AdvanceAsync(run.Clock, TimeSpan.FromTicks(1)).Soon();

        Assert.That(
            async () => await delivery.Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("slow")
                .And.InnerException.TypeOf<TimeoutException>()
                .And.InnerException.Message.Contains("'slow'").And.InnerException.Message.Contains("2 s")
                .And.InnerException.InnerException.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await run.Pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>());
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task Timeout_Skip_LosesTheSlowElementsOnly(Func<Stream<int>, Func<int, CancellationToken, ValueTask<int>>, NodeOptions, IStream> build)
    {
        var run = new Arrivals<int, int>(stream =>
        {
            build(stream, HangAt1Async, new NodeOptions { Name = "slow", Timeout = 2 * s_second, OnError = ErrorPolicy.Skip });
            return stream;
        });
        for (var round = 0; round < 3; round++)
        {
            Assert.That(await run.Source.DeliverAsync(0).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
            var slow = run.Source.DeliverAsync(1);
            await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second, s_second).Soon();
            Assert.That(await slow.Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        }

        await run.Source.CompleteAsync().Soon();
        await run.Pipeline.Completion.Soon();
    }

    [Test]
    public async Task Timeout_DelegateThatIgnoresItsToken_IsWaitedFor()
    {
        var writer = new GatedWriter<int>();
        var run = new Arrivals<int, int>(stream => stream.MapAsync((value, _) => writer.CallAsync(value), options: new NodeOptions { Timeout = s_second }));
        var deliveries = new List<Task<DeliveryOutcome>> { run.Source.DeliverAsync(1), run.Source.DeliverAsync(2) };
        await run.Pipeline.AdvanceAsync(run.Clock, 10 * s_second, s_second).Soon();
        Assert.That(writer.Started, Is.EqualTo(new[] { 1 }), "Two calls never overlap.");
        writer.FinishCallOf(1);
        await run.Pipeline.SettleAsync().Soon();
        writer.FinishCallOf(2);

        Assert.That(await Task.WhenAll(deliveries).Soon(), Is.All.EqualTo(DeliveryOutcome.Delivered), "What it gave late is not thrown away.");
        await run.Source.CompleteAsync().Soon();
    }

    private static IEnumerable<TestCaseData> Overloads()
    {
        yield return Overload("Filter", false, (source, options) => source.Filter(_ => Task.FromResult(true), options));
        yield return Overload("Filter, value task", false, (source, options) => source.Filter(_ => ValueTask.FromResult(true), options));
        yield return Overload("Filter, token", true, (source, options) => source.Filter((_, _) => Task.FromResult(true), options));
        yield return Overload("Filter, token, value task", true, (source, options) => source.Filter((_, _) => ValueTask.FromResult(true), options));
        yield return Overload("Remove", false, (source, options) => source.Remove(_ => Task.FromResult(true), options));
        yield return Overload("Remove, value task", false, (source, options) => source.Remove(_ => ValueTask.FromResult(true), options));
        yield return Overload("Remove, token", true, (source, options) => source.Remove((_, _) => Task.FromResult(true), options));
        yield return Overload("Remove, token, value task", true, (source, options) => source.Remove((_, _) => ValueTask.FromResult(true), options));
        yield return Overload("Tap", false, (source, options) => source.Tap(_ => Task.CompletedTask, options));
        yield return Overload("Tap, value task", false, (source, options) => source.Tap(_ => ValueTask.CompletedTask, options));
        yield return Overload("Tap, token", true, (source, options) => source.Tap((_, _) => Task.CompletedTask, options));
        yield return Overload("Tap, token, value task", true, (source, options) => source.Tap((_, _) => ValueTask.CompletedTask, options));
        yield return Overload("Accumulate", false, (source, options) => source.Accumulate((_, x) => Task.FromResult(x), options));
        yield return Overload("Accumulate, value task", false, (source, options) => source.Accumulate((_, x) => ValueTask.FromResult(x), options));
        yield return Overload("Accumulate, token", true, (source, options) => source.Accumulate((_, x, _) => Task.FromResult(x), options));
        yield return Overload("Accumulate, token, value task", true, (source, options) => source.Accumulate((_, x, _) => ValueTask.FromResult(x), options));
        yield return Overload("Accumulate from a seed", false, (source, options) => source.Accumulate(0, (_, x) => Task.FromResult(x), options));
        yield return Overload("Accumulate from a seed, value task", false, (source, options) => source.Accumulate(0, (_, x) => ValueTask.FromResult(x), options));
        yield return Overload("Accumulate from a seed, token", true, (source, options) => source.Accumulate(0, (_, x, _) => Task.FromResult(x), options));
        yield return Overload("Accumulate from a seed, token, value task", true, (source, options) => source.Accumulate(0, (_, x, _) => ValueTask.FromResult(x), options));
        yield return Overload("Accumulate to results", false, (source, options) => source.Accumulate(0, (_, x) => Task.FromResult((State: x, Result: x)), options));
        yield return Overload("Accumulate to results, value task", false, (source, options) => source.Accumulate(0, (_, x) => ValueTask.FromResult((State: x, Result: x)), options));
        yield return Overload("Accumulate to results, token", true, (source, options) => source.Accumulate(0, (_, x, _) => Task.FromResult((State: x, Result: x)), options));
        yield return Overload("Accumulate to results, token, value task", true, (source, options) => source.Accumulate(0, (_, x, _) => ValueTask.FromResult((State: x, Result: x)), options));

        static TestCaseData Overload(string name, bool takesToken, Func<Stream<int>, NodeOptions, IStream> build) => new TestCaseData(takesToken, build).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Overloads))]
    public void Timeout_DelegateWithOrWithoutToken_IsTakenOrRefused(bool takesToken, Func<Stream<int>, NodeOptions, IStream> build)
    {
        Action call = () => build(new StreamSource<int>(), new NodeOptions { Name = "mine", Timeout = 2 * s_second });

        if (takesToken)
        {
            Assert.That(call, Throws.Nothing);
        }
        else
        {
            Assert.That(call, Throws.TypeOf<ArgumentException>().With.Message.Contains("'mine'").And.Message.Contains("takes a CancellationToken"));
        }
    }

    [Test]
    public async Task Timeout_WaitForDownstream_DoesNotCount()
    {
        var writer = new GatedWriter<int>();
        var run = new Arrivals<int, int>(stream => stream
            .MapAsync(async (value, token) =>
            {
                await Task.Yield();
                return value;
            }, options: new NodeOptions { Timeout = s_second })
            .MapAsync(writer.CallAsync));
        var delivery = run.Source.DeliverAsync(1);
        await run.Pipeline.SettleAsync().Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 10 * s_second, s_second).Soon();
        writer.Finish();

        Assert.That(await delivery.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Timeout_CancellationOfTheDelegatesOwn_IsNoTimeout()
    {
        var source = new StreamSource<int>();
        source.MapAsync(
            (value, _) => ValueTask.FromException<int>(new OperationCanceledException("of its own")),
            options: new NodeOptions { Timeout = TimeSpan.FromDays(1) });
        var pipeline = source.Start();

        Assert.That(async () => await source.DeliverAsync(1).Soon(), Throws.TypeOf<NodeFailedException>().With.InnerException.Message.EqualTo("of its own"));
        await pipeline.Completion.Ended();
    }

    [Test]
    public void Timeout_NodeWithoutToken_IsRefusedWithNodeValueAndCure()
    {
        var source = new StreamSource<int>();
        var options = new NodeOptions { Name = "mine", Timeout = 2 * s_second };
        foreach (var build in new Func<IStream>[]
        {
            () => source.Map(value => value, options: options),
            () => source.Map(value => value, maxDegreeOfParallelism: 2, options: options),
            () => source.Map(value => Task.FromResult(value), options: options),
            () => source.MapAsync(value => ValueTask.FromResult(value), maxDegreeOfParallelism: 2, options: options),
            () => source.Filter(value => true, options),
            () => source.Tap(_ => { }, options),
            () => source.Tap(_ => Task.CompletedTask, options),
            () => source.Filter(value => Task.FromResult(true), options),
            () => source.Accumulate(0, (_, value) => Task.FromResult(value), options),
            () => source.Sink(_ => { }, options: options),
            () => source.Sink(_ => Task.CompletedTask, options: options),
            () => source.Buffer(3, options),
            () => source.Zip(source, options: options),
        })
        {
            Assert.That(
                () => build(),
                Throws.TypeOf<ArgumentException>().With.Message.Contains("'mine'").And.Message.Contains("2 s").And.Message.Contains("takes a CancellationToken"));
        }

        Assert.That(
            () => source.MapAsync((value, _) => ValueTask.FromResult(value), options: new NodeOptions { Timeout = TimeSpan.Zero }),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").Contains("Timeout"));
    }

    private static async ValueTask<int> HangAt1Async(int value, CancellationToken token)
    {
        if (value == 1)
        {
            await Task.Delay(Timeout.Infinite, token);
        }

        return value;
    }

    [Test]
    public void Timeout_SequenceToFlatten_IsRefusedWithTheReasonAndTheCure()
    {
        var options = new NodeOptions { Name = "mine", Timeout = 2 * s_second };
        Assert.That(
            () => new StreamSource<int>().Flatten((_, _) => AsyncEnumerable.Empty<int>(), options),
            Throws.TypeOf<ArgumentException>().With.Message.Contains("'mine'").And.Message.Contains("2 s").And.Message.Contains("as long as it has items")
                .And.Message.Contains("inside the sequence").And.Message.Not.Contains("no delegate"));
    }

    [Test]
    public void Timeout_FunctionOnACluster_IsRefusedWithTheReasonAndTheCure()
    {
        using var cluster = new LocalCluster(workers: 1);
        var values = new StreamSource<int>().Scatter(cluster);
        var options = new NodeOptions { Name = "mine", Timeout = 2 * s_second };
        Assert.That(
            () => values.Map((value, _) => ValueTask.FromResult(value), options),
            Throws.TypeOf<ArgumentException>().With.Message.Contains("'mine'").And.Message.Contains("2 s").And.Message.Contains("workers call")
                .And.Message.Contains("inside the function").And.Message.Not.Contains("no delegate"));
    }
}
