using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Runtime;

[TestFixture]
[CancelAfter(30_000)]
internal sealed class ParallelNodeTests
{
    [Test]
    public async Task Parallel_FailuresSkippedWhileEmitsWait_LosesNothingElse()
    {
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var gate = new ManualResetEventSlim();
        var list = source.Map(
            value =>
            {
                gate.Wait();
                return value % 3 == 0 ? throw new InvalidOperationException() : value;
            },
            maxDegreeOfParallelism: 2).SinkToList();
        var emits = Enumerable.Range(0, 40).Select(value => source.EmitAsync(value).AsTask()).ToList();
        gate.Set();
        await Task.WhenAll(emits).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 40).Where(value => value % 3 != 0)));
    }

    [Test]
    public async Task ParallelOrdered_ElementsWaitForAWorkerOrTheirTurn_PipelineCountsAsSettled()
    {
        var clock = new FakeTimeProvider();
        var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock });
        var list = source.MapAsync(
            async (value, aborted) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(value), clock, aborted);
                return value;
            },
            maxDegreeOfParallelism: 2).SinkToList();
        var pipeline = source.Start();
        foreach (var seconds in new[] { 5, 1, 2, 1 })
        {
            await source.EmitAsync(seconds);
        }

        await pipeline.AdvanceAsync(clock, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1)).Soon();
        Assert.That(list, Is.Empty);
        await pipeline.AdvanceAsync(clock, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1)).Soon();
        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(new[] { 5, 1, 2, 1 }));
    }

    [Test]
    public async Task ParallelUnordered_LastElementFails_CompletionFails()
    {
        for (var round = 0; round < 50; round++)
        {
            var source = new StreamSource<int>();
            source.Map(value => value == 3 ? throw new InvalidOperationException("three") : value, maxDegreeOfParallelism: 4, ordered: false).SinkToList();
            var pipeline = source.Start();
            for (var value = 0; value < 4; value++)
            {
                // The fault may be faster than the last emits.
                await source.EmitAsync(value).AsTask().Ended();
            }

            source.Complete();
            await pipeline.Completion.Ended();
            Assert.That(pipeline.Completion.Exception?.InnerException, Is.InstanceOf<NodeFailedException>(), $"round {round}");
        }
    }

    [Test]
    public async Task ParallelOrdered_ElementFails_DeliversWhatCameBeforeAndNothingBehind()
    {
        var source = new StreamSource<int>();
        var first = new TaskCompletionSource<int>();
        var list = source.MapAsync(
            value => value switch
            {
                0 => first.Task,
                2 => throw new InvalidOperationException("two"),
                _ => Task.FromResult(value),
            },
            maxDegreeOfParallelism: 4).SinkToList();
        var pipeline = source.Start();
        var deliveries = Enumerable.Range(0, 4).Select(value => source.DeliverAsync(value)).ToList();
        await pipeline.SettleAsync().Soon();
        first.SetResult(0);
        await pipeline.Completion.Ended();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(list, Is.EqualTo(new[] { 0, 1 }));
            Assert.That(async () => await deliveries[1], Is.EqualTo(DeliveryOutcome.Delivered));
            Assert.That(async () => await deliveries[2], Throws.InstanceOf<NodeFailedException>());
            Assert.That(async () => await deliveries[3], Throws.InstanceOf<ElementAbandonedException>().Or.InstanceOf<NodeFailedException>());
            Assert.That(pipeline.Completion.Exception!.InnerException!.Message, Does.Contain("two"));
        }
    }

    [Test]
    public async Task ParallelUnordered_TwoElementsFail_LaterFailureIsListed()
    {
        var source = new StreamSource<int>();
        var gate = new TaskCompletionSource();
        source.MapAsync<int, int>(
            async value =>
            {
                await gate.Task;
                throw new InvalidOperationException($"failure {value}");
            },
            maxDegreeOfParallelism: 2,
            ordered: false).SinkToList();
        var pipeline = source.Start();
        await source.EmitAsync(0);
        await source.EmitAsync(1);
        await pipeline.SettleAsync().Soon();
        gate.SetResult();
        await pipeline.Completion.Ended();
        var fault = (NodeFailedException)pipeline.Completion.Exception!.InnerException!;
        Assert.That(fault.LaterFailures, Has.Count.EqualTo(1));
        Assert.That(fault.LaterFailures[0], Is.InstanceOf<NodeFailedException>());
    }

    [Test]
    public async Task Parallel_ADelegateSetsAnAsyncLocal_TheNextElementDoesNotSeeIt()
    {
        var local = new AsyncLocal<int>();
        var source = new StreamSource<int>();
        var list = source.MapAsync(
            (value, _) =>
            {
                var before = local.Value;
                local.Value = value;
                return value % 2 == 0 ? ValueTask.FromResult(before) : new ValueTask<int>(LaterAsync(before));
            },
            maxDegreeOfParallelism: 2).SinkToList();
        for (var value = 1; value <= 100; value++)
        {
            await source.EmitAsync(value);
        }

        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(Enumerable.Repeat(0, 100)));

        static async Task<int> LaterAsync(int value)
        {
            await Task.Yield();
            return value;
        }
    }

    [Test]
    public async Task Parallel_AThreadOfItsOwnCompletesTheCalls_DelegatesOfNextElementsDoNotRunOnIt()
    {
        using var loop = new EventLoop();
        var isOnLoop = 0;
        var source = new StreamSource<int>();
        var list = source.MapAsync(
            (value, _) =>
            {
                isOnLoop += loop.IsCurrent ? 1 : 0;
                var call = new TaskCompletionSource<int>();
                loop.Post(_ => call.SetResult(value), null);
                return new ValueTask<int>(call.Task);
            },
            maxDegreeOfParallelism: 2).SinkToList();
        for (var value = 0; value < 200; value++)
        {
            await source.EmitAsync(value);
        }

        await source.CompleteAsync().Soon();
        Assert.That(list, Is.EqualTo(Enumerable.Range(0, 200)));
        Assert.That(isOnLoop, Is.Zero);
    }

    [Test]
    public async Task Parallel_CallsCompleteAtAnyMoment_EveryWaitIsCountedAndGivenBack([Values] bool ordered)
    {
        var random = new Random(4711);
        for (var round = 0; round < 200; round++)
        {
            var source = new StreamSource<int>();
            var list = source.MapAsync(
                (value, _) =>
                {
                    var call = new TaskCompletionSource<int>(value % 3 == 0 ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);
                    ThreadPool.UnsafeQueueUserWorkItem(_ => call.SetResult(value), null);
                    return new ValueTask<int>(call.Task);
                },
                maxDegreeOfParallelism: random.Next(2, 6),
                ordered: ordered).SinkToList();
            var pipeline = source.Start();
            var count = random.Next(1, 60);
            for (var value = 0; value < count; value++)
            {
                await source.EmitAsync(value);
            }

            // A wait that is counted twice, or not given back, is never idle.
            await pipeline.WhenIdleAsync().Soon();
            Assert.That(ordered ? list : (IEnumerable<int>)list.Order(), Is.EqualTo(Enumerable.Range(0, count)), $"round {round}");
            await pipeline.DisposeAsync();
        }
    }
}
