using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Errors;

/// <summary>Ready pipelines of Polly's, which are around every call.</summary>
[CancelAfter(60_000)]
internal sealed class ResiliencePipelineTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private static IEnumerable<TestCaseData> Nodes()
    {
        yield return Node("serial", (source, call, options) => source.MapAsync(call, options: options));
        yield return Node("parallel", (source, call, options) => source.MapAsync(call, maxDegreeOfParallelism: 2, options: options));
        yield return Node("in a group", (source, call, options) => source.GroupBy(x => 0, group => group.MapAsync(call, options: options)).Map(pair => pair.Value));

        static TestCaseData Node(string name, Func<Stream<int>, Func<int, CancellationToken, ValueTask<int>>, NodeOptions, Stream<int>> build) =>
            new TestCaseData(build).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task Retry_TimeoutOfThePipeline_ReachesTheDelegateAndItIsTriedAgain(Func<Stream<int>, Func<int, CancellationToken, ValueTask<int>>, NodeOptions, Stream<int>> build)
    {
        var calls = 0;
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 1, Delay = TimeSpan.Zero })
            .AddTimeout(s_second)
            .Build();
        var run = new Arrivals<int, int>(source => build(source, CallAsync, new NodeOptions { OnError = ErrorPolicy.Retry(pipeline) }));

        var delivery = run.Source.DeliverAsync(5);
        await hanging.Task.Soon();
        clock.Advance(s_second);

        Assert.That(await delivery.Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await run.Source.CompleteAsync().Soon();
        Assert.That(run.Values, Is.EqualTo(new[] { 5 }));
        Assert.That(calls, Is.EqualTo(2));

        async ValueTask<int> CallAsync(int x, CancellationToken token)
        {
            if (++calls == 1)
            {
                hanging.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }

            return x;
        }
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task Retry_CircuitBreaker_SeesSuccessesAndRefusesWhenOpen(Func<Stream<int>, Func<int, CancellationToken, ValueTask<int>>, NodeOptions, Stream<int>> build)
    {
        var calls = 0;
        var letters = new List<(int Element, Type Failure, int Attempts)>();
        var dead = new DeadLetterQueue();
        dead.Sink(letter => letters.Add((letter.ElementAs<int>(), letter.Exception.GetType(), letter.Attempts)));
        var pipeline = new ResiliencePipelineBuilder()
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions { FailureRatio = 0.5, MinimumThroughput = 4, SamplingDuration = TimeSpan.FromHours(1), BreakDuration = TimeSpan.FromHours(1) })
            .Build();
        var run = new Arrivals<int, int>(source => build(source, CallAsync, new NodeOptions { OnError = ErrorPolicy.Retry(pipeline).Then(ErrorPolicy.DeadLetter(dead)) }));

        foreach (var x in new[] { 1, 2, -3, -4, 5 })
        {
            await run.Source.DeliverAsync(x).Soon();
        }

        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(letters, Is.EqualTo(new[] { (-3, typeof(IOException), 1), (-4, typeof(IOException), 1), (5, typeof(BrokenCircuitException), 0) }));
        Assert.That(calls, Is.EqualTo(4));

        ValueTask<int> CallAsync(int x, CancellationToken token)
        {
            calls++;
            return x > 0 ? new(x) : throw new IOException();
        }
    }

    [Test]
    public async Task Retry_StepInFrontOfThePipeline_KeepsItsFailuresFromIt()
    {
        var handled = new List<Exception>();
        var pipeline = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = 2,
            Delay = TimeSpan.Zero,
            OnRetry = arguments =>
            {
                handled.Add(arguments.Outcome.Exception!);
                return default;
            },
        }).Build();
        var flaky = new Flaky((1, Flaky.Always), (2, Flaky.Always)) { Failure = x => x == 1 ? new FormatException() : new IOException() };
        var run = new Arrivals<int, int>(source => source.Map(flaky.Map, options: new NodeOptions
        {
            OnError = ErrorPolicy.Skip.For<FormatException>().Then(ErrorPolicy.Retry(pipeline)).Then(ErrorPolicy.Skip),
        }));

        await run.Source.EmitAllAsync([1, 2, 3]).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(handled, Has.Count.EqualTo(2).And.All.TypeOf<IOException>());
        Assert.That((flaky.CallsOf(1), flaky.CallsOf(2)), Is.EqualTo((1, 3)));
        Assert.That(run.Values, Is.EqualTo(new[] { 30 }));
    }

    [Test]
    public async Task Retry_PipelineBehindARetryOfOurs_IsEnteredWithWhatThatHasLeft()
    {
        var pipeline = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 3, Delay = TimeSpan.Zero }).Build();
        var flaky = new Flaky((1, Flaky.Always));
        var run = new Arrivals<int, int>(source => source.Map(flaky.Map, options: new NodeOptions { OnError = ErrorPolicy.Retry(2).Then(ErrorPolicy.Retry(pipeline)).Then(ErrorPolicy.Skip) }));

        await run.Source.DeliverAsync(1).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(flaky.CallsOf(1), Is.EqualTo(6));
    }

    [TestCaseSource(nameof(Nodes))]
    public async Task Retry_AbortDuringTheDelayOfThePipeline_AbandonsTheElement(Func<Stream<int>, Func<int, CancellationToken, ValueTask<int>>, NodeOptions, Stream<int>> build)
    {
        var pipeline = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { Delay = TimeSpan.FromHours(1) }).Build();
        var run = new Arrivals<int, int>(source => build(source, (_, _) => throw new IOException(), new NodeOptions { OnError = ErrorPolicy.Retry(pipeline) }));

        var delivery = run.Source.DeliverAsync(1);
        await run.Pipeline.SettleAsync().Soon();
        await run.Pipeline.StopAsync(TimeSpan.Zero).Soon();

        Assert.That(async () => await delivery.Soon(), Throws.TypeOf<ElementAbandonedException>());
        await run.Pipeline.Completion.Ended();
    }

    [Test]
    public async Task Retry_NothingFails_GoesThroughThePipelineInOrder()
    {
        var run = new Arrivals<int, int>(source => source.Map(x => x, options: new NodeOptions { OnError = ErrorPolicy.Retry(new ResiliencePipelineBuilder().AddTimeout(TimeSpan.FromHours(1)).Build()) }));

        await run.Source.EmitAllAsync(Enumerable.Range(0, 1_000)).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values, Is.EqualTo(Enumerable.Range(0, 1_000)));
        Assert.That(run.Pipeline.GetSnapshot().Nodes.Sum(node => node.Retried), Is.Zero);
    }
}
