using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Sources;

/// <summary>What a source may ask of its pipeline besides emitting: to follow its elements, and to close what it has opened.</summary>
[TestFixture, CancelAfter(30_000)]
internal sealed class SourceStageTests
{
    [Test]
    public async Task EmitFollowed_Outcomes_AreToldForEachElement()
    {
        var source = new FollowingStage([1, 2, 3]);
        var pipeline = source.ToStream(new StreamOptions { OnError = ErrorPolicy.Skip })
            .Filter(number => number != 1)
            .Sink(number => Throw.If(number == 2))
            .Start();

        await pipeline.Completion.Soon();

        Assert.That(source.Outcomes, Is.EqualTo(new[] { DeliveryOutcome.Delivered, DeliveryOutcome.Dropped, DeliveryOutcome.Delivered }));
        Assert.That(pipeline.GetSnapshot().Nodes[0].Received, Is.EqualTo(3));
    }

    [Test]
    public async Task EmitFollowed_NodeFails_SaysSoAndAbandonsWhatAnotherHolds()
    {
        var source = new FollowingStage([1, 2]);
        var stream = source.ToStream();
        stream.Filter(number => number == 1).Partition(2).Sink(_ => { });
        var pipeline = stream.Sink(number => Throw.If(number == 2)).Start();

        await pipeline.Completion.Ended();

        Assert.That(source.Outcomes, Is.EqualTo(new[] { DeliveryOutcome.Abandoned, DeliveryOutcome.Failed }));
    }

    [Test]
    public async Task EmitFollowed_ElementHeldUntilTheEnd_IsDeliveredBeforeTheSourceIsDisposed()
    {
        var source = new FollowingStage([1]);
        var pairs = source.ToStream().Partition(2).SinkToList();
        await pairs.Start().Completion.Soon();

        Assert.That(source.Outcomes, Is.EqualTo(new[] { DeliveryOutcome.Delivered }));
        Assert.That(pairs.Single(), Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public async Task EmitFollowed_WaitingIsCancelled_IsNotAccepted()
    {
        var gate = new GatedWriter<int>();
        using var leaving = new CancellationTokenSource();
        var source = new FollowingStage([1, 2, 3]) { TokenOfSecond = leaving.Token };
        var pipeline = source.ToStream().Sink((int number) => gate.WriteAsync(number)).Start();
        await source.Waiting.Soon();

        await leaving.CancelAsync();
        gate.Finish(2);
        await pipeline.Completion.Soon();

        Assert.That(gate.Finished, Is.EqualTo(new[] { 1, 3 }));
        Assert.That(pipeline.GetSnapshot().Nodes[0].Received, Is.EqualTo(2));
    }

    [Test]
    public void Dispose_Fails_FailsThePipelineUnderTheNameOfTheSource()
    {
        var source = new FollowingStage([1]) { FailsToDispose = true };
        var pipeline = source.ToStream().Named("orders").Sink(_ => { }).Start();

        Assert.That(
            async () => await pipeline.Completion.Soon(),
            Throws.TypeOf<NodeFailedException>().With.Property("NodeName").EqualTo("orders").And.InnerException.TypeOf<FormatException>());
    }

    [Test]
    public async Task Dispose_TakesItsTime_IsAwaitedByThePipeline()
    {
        var disposing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = new FollowingStage([1]) { Disposing = disposing.Task };
        var pipeline = source.ToStream().Sink(_ => { }).Start();

        await source.BeginsToDispose.Soon();
        Assert.That(pipeline.Completion.IsCompleted, Is.False);
        disposing.SetResult();

        await pipeline.Completion.Soon();
    }

    private static class Throw
    {
        public static void If(bool condition)
        {
            if (condition)
            {
                throw new FormatException("bad");
            }
        }
    }

    private sealed class FollowingStage(IReadOnlyList<int> items) : SourceStage<int>, IAsyncDisposable
    {
        private readonly List<Task<DeliveryOutcome>> _followed = [];
        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _beginsToDispose = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<DeliveryOutcome> Outcomes { get; private set; } = [];

        public CancellationToken TokenOfSecond { get; init; }

        public bool FailsToDispose { get; init; }

        public Task Disposing { get; init; } = Task.CompletedTask;

        public Task Waiting => _waiting.Task;

        public Task BeginsToDispose => _beginsToDispose.Task;

        public Stream<int> ToStream(StreamOptions? options = null) => new(new SourceNode<int>("following", () => this, options));

        public override async Task RunAsync(SourceContext<int> context)
        {
            for (var i = 0; i < items.Count; i++)
            {
                try
                {
                    var emit = context.EmitFollowedAsync(items[i], i == 1 ? TokenOfSecond : default);
                    if (i == 1)
                    {
                        _waiting.TrySetResult();
                    }

                    _followed.Add(await emit);
                }
                catch (OperationCanceledException) when (TokenOfSecond.IsCancellationRequested)
                {
                    // Told to leave it.
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            _beginsToDispose.TrySetResult();
            Throw.If(FailsToDispose);
            await Disposing;

            // All of them have completed by now.
            Outcomes = [.. await Task.WhenAll(_followed).Soon()];
        }
    }
}
