using Polly;
using Polly.Retry;
using Polly.Timeout;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Errors;

/// <summary>Further attempts, wherever a node may stand.</summary>
[CancelAfter(60_000)]
internal sealed class RetryTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    /// <summary>The same work in each kind of node. Each gives ten times what comes in.</summary>
    private static IEnumerable<TestCaseData> Nodes()
    {
        yield return Node("serial", (source, flaky, options) => source.Map(flaky.Map, options: options));
        yield return Node("asynchronous", (source, flaky, options) => source.MapAsync(flaky.MapAsync, options: options));
        yield return Node("in the middle of a chain", (source, flaky, options) => source.Map(x => x).Map(flaky.Map, options: options).Map(x => x));
        yield return Node("parallel", (source, flaky, options) => source.Map(flaky.Map, maxDegreeOfParallelism: 3, options: options));
        yield return Node("asynchronous parallel", (source, flaky, options) => source.MapAsync(flaky.MapAsync, maxDegreeOfParallelism: 3, options: options));
        yield return Node("unordered", (source, flaky, options) => source.MapAsync(flaky.MapAsync, maxDegreeOfParallelism: 3, ordered: false, options: options));
        yield return Node("Flatten", (source, flaky, options) => source.Flatten(x => new[] { flaky.Map(x) }, options));
        yield return Node("Accumulate", (source, flaky, options) => source.Accumulate(0, (_, x) => flaky.Map(x), options));
        yield return Node("in a group", (source, flaky, options) => source.GroupBy(x => 0, group => group.Map(flaky.Map, options: options)).Map(pair => pair.Value));
        yield return Node("around a group", (source, flaky, options) => source.GroupBy(x => 0, group => group.Map(flaky.Map), options: options).Map(pair => pair.Value));
        yield return Node("balanced", (source, flaky, options) => source.Balance(2, worker => worker.Map(flaky.Map), ordered: true, options));

        static TestCaseData Node(string name, Func<Stream<int>, Flaky, NodeOptions, Stream<int>> build) => new TestCaseData(build).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task Retry_ElementThatSucceedsLater_GoesOnAsIfNothingHadHappened(Func<Stream<int>, Flaky, NodeOptions, Stream<int>> build)
    {
        var flaky = new Flaky((2, 2), (4, 1));
        var run = new Arrivals<int, int>(source => build(source, flaky, new NodeOptions { OnError = ErrorPolicy.Retry(2) }));

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 5).Select(x => run.Source.DeliverAsync(x)).ToList()).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(outcomes, Is.All.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(run.Values, Is.EquivalentTo(new[] { 10, 20, 30, 40, 50 }));
        Assert.That(flaky.CallsOf(2), Is.EqualTo(3));
        Assert.That(flaky.CallsOf(4), Is.EqualTo(2));
        Assert.That(run.Pipeline.GetSnapshot().Nodes.Sum(node => node.Retried), Is.EqualTo(3));
        Assert.That(run.Pipeline.GetSnapshot().Nodes.Sum(node => node.Failed), Is.Zero);
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task Retry_ElementThatFailsForGood_MeetsWhatFollows(Func<Stream<int>, Flaky, NodeOptions, Stream<int>> build)
    {
        var flaky = new Flaky((2, Flaky.Always));
        var run = new Arrivals<int, int>(source => build(source, flaky, new NodeOptions { OnError = ErrorPolicy.Retry(3).Then(ErrorPolicy.Skip) }));

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 3).Select(x => run.Source.DeliverAsync(x)).ToList()).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(outcomes, Is.EqualTo(new[] { DeliveryOutcome.Delivered, DeliveryOutcome.Dropped, DeliveryOutcome.Delivered }));
        Assert.That(run.Values, Is.EquivalentTo(new[] { 10, 30 }));
        Assert.That(flaky.CallsOf(2), Is.EqualTo(4));
        var nodes = run.Pipeline.GetSnapshot().Nodes;
        Assert.That((nodes.Sum(node => node.Failed), nodes.Sum(node => node.Retried), nodes.Sum(node => node.Dropped)), Is.EqualTo((1, 3, 1)));
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task Retry_NothingBehind_StopsWithTheLastFailure(Func<Stream<int>, Flaky, NodeOptions, Stream<int>> build)
    {
        var flaky = new Flaky((1, Flaky.Always));
        var run = new Arrivals<int, int>(source => build(source, flaky, new NodeOptions { OnError = ErrorPolicy.Retry(1) }));

        Assert.That(async () => await run.Source.DeliverAsync(1).Soon(), Throws.TypeOf<NodeFailedException>().With.InnerException.Message.EqualTo("bad 1"));

        Assert.That(async () => await run.Pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>().With.InnerException.Message.EqualTo("bad 1"));
        Assert.That(flaky.CallsOf(1), Is.EqualTo(2));
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task Retry_Delay_IsWaitedForByTheClockOfThePipeline(Func<Stream<int>, Flaky, NodeOptions, Stream<int>> build)
    {
        var flaky = new Flaky((1, 3)) { Yields = false };
        var run = new Arrivals<int, int>(source => build(source, flaky, new NodeOptions { OnError = ErrorPolicy.Retry(3, s_second, DelayBackoffType.Exponential) }));

        var delivery = run.Source.DeliverAsync(1);
        await run.Pipeline.AdvanceAsync(run.Clock, 7 * s_second, s_second).Soon();
        await delivery.Soon();

        Assert.That(run.Seen, Is.EqualTo(new[] { (7.0, 10) }));
        await run.Source.CompleteAsync().Soon();
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task Retry_AbortDuringTheDelay_AbandonsTheElement(Func<Stream<int>, Flaky, NodeOptions, Stream<int>> build)
    {
        var flaky = new Flaky((1, Flaky.Always));
        var run = new Arrivals<int, int>(source => build(source, flaky, new NodeOptions { OnError = ErrorPolicy.Retry(3, TimeSpan.FromHours(1)) }));

        var delivery = run.Source.DeliverAsync(1);
        await run.Pipeline.SettleAsync().Soon();
        await run.Pipeline.StopAsync(TimeSpan.Zero).Soon();

        Assert.That(async () => await delivery.Soon(), Throws.TypeOf<ElementAbandonedException>());
        Assert.That(async () => await run.Pipeline.Completion.Soon(), Throws.TypeOf<PipelineAbortedException>());
        Assert.That(flaky.CallsOf(1), Is.EqualTo(1));
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task Retry_FaultBehindDuringTheDelay_AbandonsTheElement(Func<Stream<int>, Flaky, NodeOptions, Stream<int>> build)
    {
        var flaky = new Flaky((2, Flaky.Always));
        var fault = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = new Arrivals<int, int>(source => build(source, flaky, new NodeOptions { OnError = ErrorPolicy.Retry(3, TimeSpan.FromHours(1)) })
            .Buffer(2)
            .MapAsync(async x =>
            {
                await fault.Task;
                return x;
            }));

        await run.Source.EmitAsync(1).Soon();
        await run.Pipeline.SettleAsync().Soon();
        var delivery = run.Source.DeliverAsync(2);
        await run.Pipeline.SettleAsync().Soon();
        fault.SetException(new IOException("behind"));

        Assert.That(async () => await delivery.Soon(), Throws.TypeOf<ElementAbandonedException>());
        Assert.That(async () => await run.Pipeline.Completion.Soon(), Throws.TypeOf<NodeFailedException>().With.InnerException.TypeOf<IOException>());
    }

    [Test]
    public async Task Retry_OrderedParallel_KeepsTheOrder([Values(1, 3)] int maxDegreeOfParallelism)
    {
        var flaky = new Flaky((1, 2), (3, 1)) { Yields = false };
        var run = new Arrivals<int, int>(source => source.MapAsync(flaky.MapAsync, maxDegreeOfParallelism, options: new NodeOptions { OnError = ErrorPolicy.Retry(2, s_second) }));

        var emits = run.Source.EmitTogetherAsync([1, 2, 3, 4]);
        await run.Pipeline.AdvanceAsync(run.Clock, 10 * s_second, s_second).Soon();
        await emits.Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values, Is.EqualTo(new[] { 10, 20, 30, 40 }));
    }

    [Test]
    public async Task Retry_BackPressure_HoldsWhileAnElementIsTriedAgain()
    {
        var flaky = new Flaky((1, 1));
        var run = new Arrivals<int, int>(source => source.Map(flaky.Map, options: new NodeOptions { Capacity = 1, OnError = ErrorPolicy.Retry(1, s_second) }));

        await run.Source.EmitAsync(1).Soon();
        var second = run.Source.EmitAsync(2).AsTask();
        await run.Pipeline.SettleAsync().Soon();
        Assert.That(second.IsCompleted, Is.False);
        await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        await second.Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values, Is.EqualTo(new[] { 10, 20 }));
    }

    [Test]
    public async Task Retry_ParallelElementBehindOneThatStops_IsAbandonedAndTheOneInFrontIsTriedAgain()
    {
        var flaky = new Flaky((1, 1), (2, Flaky.Always), (3, Flaky.Always));

        // The second element has failed for good after half a second, when the others wait for their second attempt.
        var run = new Arrivals<int, int>(source => source.Map(
            flaky.Map,
            maxDegreeOfParallelism: 3,
            options: new NodeOptions
            {
                OnError = ErrorPolicy.Decide(failure =>
                    failure.ElementAs<int>() != 2 ? ErrorPolicy.Retry(1, s_second)
                    : failure.Attempts == 1 ? ErrorPolicy.Retry(1, s_second / 2)
                    : ErrorPolicy.Stop),
            }));

        var deliveries = Enumerable.Range(1, 3).Select(x => run.Source.DeliverAsync(x)).ToList();
        await run.Pipeline.AdvanceAsync(run.Clock, s_second, s_second / 2).Soon();

        Assert.That(await deliveries[0].Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(async () => await deliveries[1].Soon(), Throws.TypeOf<NodeFailedException>());
        Assert.That(async () => await deliveries[2].Soon(), Throws.TypeOf<ElementAbandonedException>());
        Assert.That(flaky.CallsOf(3), Is.EqualTo(1));
        await run.Pipeline.Completion.Ended();
    }

    [Test]
    public async Task Retry_FlattenThatHasGivenAnItem_IsNotRepeated()
    {
        var calls = 0;
        var run = new Arrivals<int, int>(source => source.Flatten(Items, new NodeOptions { OnError = ErrorPolicy.Retry(3).Then(ErrorPolicy.Skip) }));

        Assert.That(await run.Source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values, Is.EqualTo(new[] { 1 }));
        Assert.That(calls, Is.EqualTo(1));

        IEnumerable<int> Items(int x)
        {
            calls++;
            yield return x;
            throw new FormatException("in the middle");
        }
    }

    [Test]
    public async Task Retry_Sink_WritesOnceInTheEnd([Values(1, 2)] int maxDegreeOfParallelism, [Values] bool isAsync)
    {
        var flaky = new Flaky((1, 2));
        await using var source = new StreamSource<int>();
        var options = new NodeOptions { OnError = ErrorPolicy.Retry(2) };
        _ = isAsync
            ? source.Sink(async x => await flaky.MapAsync(x), maxDegreeOfParallelism, options)
            : source.Sink(x => { flaky.Map(x); }, maxDegreeOfParallelism, options);

        Assert.That(await source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(flaky.CallsOf(1), Is.EqualTo(3));
    }

    [Test]
    public async Task Retry_BranchOfAFanOut_LeavesTheOtherAlone()
    {
        var flaky = new Flaky((1, 1));
        var other = new List<int>();
        var run = new Arrivals<int, int>(source =>
        {
            var retried = source.Map(flaky.Map, options: new NodeOptions { OnError = ErrorPolicy.Retry(1, s_second) });
            source.Sink(other.Add);
            return retried;
        });

        await run.Source.EmitAsync(1).Soon();
        await run.Pipeline.SettleAsync().Soon();
        Assert.That(other, Is.EqualTo(new[] { 1 }));
        Assert.That(run.Values, Is.Empty);
        await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values, Is.EqualTo(new[] { 10 }));
        Assert.That(other, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public async Task Retry_SideOfAJoin_PairsAfterIt()
    {
        var flaky = new Flaky((1, 1));
        var run = new Arrivals<int, (int, int)>(source => source.Map(flaky.Map, options: new NodeOptions { OnError = ErrorPolicy.Retry(1, s_second) }).Zip(source));

        await run.Source.EmitAsync(1).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values, Is.EqualTo(new[] { (10, 1) }));
    }

    [Test]
    public async Task Retry_ForOneException_LeavesOthersToWhatFollows()
    {
        var flaky = new Flaky((1, Flaky.Always), (2, Flaky.Always)) { Failure = x => x == 1 ? new IOException("io") : new FormatException("format") };
        var run = new Arrivals<int, int>(source => source.Map(flaky.Map, options: new NodeOptions
        {
            OnError = ErrorPolicy.Retry(2).For<IOException>().Then(ErrorPolicy.Retry(4).For<FormatException>()).Then(ErrorPolicy.Skip),
        }));

        await run.Source.EmitAllAsync([1, 2]).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That((flaky.CallsOf(1), flaky.CallsOf(2)), Is.EqualTo((3, 5)));
    }

    [Test]
    public async Task Retry_FailureThatChangesItsType_NeverGoesBackToAStepBefore()
    {
        var calls = 0;
        var run = new Arrivals<int, int>(source => source.Map(
            Fail,
            options: new NodeOptions { OnError = ErrorPolicy.Retry(9).For<IOException>().Then(ErrorPolicy.Retry(2).For<FormatException>()).Then(ErrorPolicy.Skip) }));

        await run.Source.EmitAsync(1).Soon();
        await run.Source.CompleteAsync().Soon();

        // An input error, then a format that is retried, then one more input error, which no step behind takes but the last.
        Assert.That(calls, Is.EqualTo(3));

        int Fail(int x) => throw (++calls == 2 ? new FormatException() : new IOException());
    }

    [Test]
    public async Task Retry_PolicyOfThePipeline_IsForEveryNodeAndBehindTheirs()
    {
        var flaky = new Flaky((1, Flaky.Always));
        var run = new Arrivals<int, int>(
            source => source.Map(flaky.Map, options: new NodeOptions { OnError = ErrorPolicy.Retry(1) }),
            new StreamOptions { OnError = ErrorPolicy.Retry(2).Then(ErrorPolicy.Skip) });

        Assert.That(await run.Source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        Assert.That(flaky.CallsOf(1), Is.EqualTo(4));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Retry_Timeout_IsAFailureLikeAnyOther()
    {
        var calls = 0;
        var run = new Arrivals<int, int>(source => source.MapAsync(
            async (x, token) =>
            {
                if (++calls < 3)
                {
                    // Ends where its token is cancelled: the pipeline would settle before a continuation that goes through the thread pool.
                    var hanging = new TaskCompletionSource();
                    await using var ends = token.UnsafeRegister(_ => hanging.SetCanceled(token), null);
                    await hanging.Task;
                }

                return x;
            },
            options: new NodeOptions { Timeout = s_second, OnError = ErrorPolicy.Retry(2).For<TimeoutException>() }));

        await run.Source.EmitAsync(1).Soon();
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second, s_second).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Seen, Is.EqualTo(new[] { (2.0, 1) }));
    }

    [Test]
    public async Task Retry_CancellationOfTheUsersOwn_IsAFailureLikeAnyOther()
    {
        var flaky = new Flaky((1, 1)) { Failure = _ => new OperationCanceledException("mine") };
        var run = new Arrivals<int, int>(source => source.Map(flaky.Map, options: new NodeOptions { OnError = ErrorPolicy.Retry(1) }));

        await run.Source.DeliverAsync(1).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values, Is.EqualTo(new[] { 10 }));
    }

    [Test]
    public async Task Retry_PollysOptions_DecideAndTell()
    {
        var told = new List<(int Attempt, string Message)>();
        var flaky = new Flaky((1, 2), (2, Flaky.Always)) { Failure = x => x == 1 ? new IOException("io") : new FormatException("format") };
        var run = new Arrivals<int, int>(source => source.Map(flaky.Map, options: new NodeOptions
        {
            OnError = ErrorPolicy.Retry(new RetryStrategyOptions
            {
                MaxRetryAttempts = 5,
                DelayGenerator = arguments => new ValueTask<TimeSpan?>(arguments.AttemptNumber * s_second),
                ShouldHandle = new PredicateBuilder().Handle<IOException>(),
                OnRetry = arguments =>
                {
                    told.Add((arguments.AttemptNumber, arguments.Outcome.Exception!.Message));
                    return default;
                },
            }).Then(ErrorPolicy.Skip),
        }));

        var emits = run.Source.EmitTogetherAsync([1, 2]);
        await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        await emits.Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(told, Is.EqualTo(new[] { (0, "io"), (1, "io") }));
        Assert.That(run.Seen, Is.EqualTo(new[] { (1.0, 10) }));
        Assert.That(flaky.CallsOf(2), Is.EqualTo(1));
    }
}
