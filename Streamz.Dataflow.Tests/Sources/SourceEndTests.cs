using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Sources;

/// <summary>A source says why it has ended, once: in the snapshot and in the log.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(30_000)]
internal sealed class SourceEndTests : IDisposable
{
    private readonly CapturedLog _log = new(eventOfInterest: 6);

    private StreamOptions Options => new() { LoggerFactory = _log };

    public void Dispose() => _log.Dispose();

    [Test]
    public async Task Source_SequenceOver_IsExhausted()
    {
        var pipeline = StreamSource.FromEnumerable([1, 2], Options).Named("orders").Sink(_ => { }).Start();

        await pipeline.Completion.Soon();

        CheckEnd(pipeline, SourceEnd.Exhausted, "Source 'orders' has ended: Exhausted.");
        Assert.That(pipeline.GetSnapshot().Nodes[1].End, Is.EqualTo(SourceEnd.None), "A sink is no source.");
    }

    [Test]
    public async Task Source_Running_HasNoEnd()
    {
        await using var pipeline = StreamSource.FromAsyncEnumerable(NeverAsync(), Options).Sink(_ => { }).Start();
        await pipeline.WhenSettledAsync().Soon();

        Assert.That(pipeline.GetSnapshot().Nodes[0].End, Is.EqualTo(SourceEnd.None));
        Assert.That(_log.Entries, Is.Empty);
    }

    [Test]
    public async Task Source_PipelineStopped_IsStopped()
    {
        var pipeline = StreamSource.FromAsyncEnumerable(NeverAsync(), Options).Named("orders").Sink(_ => { }).Start();

        await pipeline.StopAsync(Timeout.InfiniteTimeSpan).Soon();

        CheckEnd(pipeline, SourceEnd.Stopped, "Source 'orders' has ended: Stopped.");
    }

    [Test]
    public void Source_PipelineFailsElsewhere_IsStopped()
    {
        var pipeline = StreamSource.FromEnumerable(Enumerable.Repeat(1, int.MaxValue), Options).Named("orders").Sink(_ => throw new InvalidDataException("none")).Start();

        Assert.ThrowsAsync<NodeFailedException>(() => pipeline.Completion.Soon());

        CheckEnd(pipeline, SourceEnd.Stopped, "Source 'orders' has ended: Stopped.");
    }

    [Test]
    public void Source_Failing_HasFailed()
    {
        var pipeline = StreamSource.FromTextFile("no such file", options: Options).Named("orders").Sink(_ => { }).Start();

        Assert.ThrowsAsync<NodeFailedException>(() => pipeline.Completion.Soon());

        CheckEnd(pipeline, SourceEnd.Failed, "Source 'orders' has ended: Failed.");
    }

    [Test]
    public async Task Source_EverythingItFeedsHasEnded_IsNotNeeded()
    {
        var pipeline = StreamSource.FromEnumerable(Enumerable.Repeat(1, int.MaxValue), Options).Named("orders").Take(2).Sink(_ => { }).Start();

        await pipeline.Completion.Soon();

        CheckEnd(pipeline, SourceEnd.NotNeeded, "Source 'orders' has ended: NotNeeded.");
    }

    [TestCase(false, SourceEnd.Exhausted)]
    [TestCase(true, SourceEnd.Stopped)]
    public async Task SourceOfEmits_Closed_SaysByWhom(bool stop, SourceEnd expected)
    {
        var source = new StreamSource<int>(Options).Named("orders");
        source.Sink(_ => { });
        var pipeline = source.Start();
        await source.EmitAsync(1).Soon();

        await (stop ? pipeline.StopAsync(Timeout.InfiniteTimeSpan) : source.CompleteAsync()).Soon();

        CheckEnd(pipeline, expected, $"Source 'orders' has ended: {expected}.");
    }

    private static async IAsyncEnumerable<int> NeverAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.Delay(Timeout.Infinite, cancellation);
        yield return 0;
    }

    private void CheckEnd(Pipeline pipeline, SourceEnd end, string logged)
    {
        Assert.That(pipeline.GetSnapshot().Nodes[0].End, Is.EqualTo(end));
        Assert.That(_log.Entries.Select(entry => entry.Text), Is.EqualTo(new[] { logged }));
    }
}
