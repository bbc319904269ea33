using System.Diagnostics;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Errors;

/// <summary>An exception whose message throws is a failure like any other.</summary>
[CancelAfter(30_000), NonParallelizable]
internal sealed class FailureTextTests
{
    [Test]
    public async Task Stop_MessageThrows_FailsTheElementAndThePipelineWithTheException([Values] bool isTraced)
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Streamz.Dataflow" or "test",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var tests = new ActivitySource("test");
        using var request = isTraced ? tests.StartActivity("request") : null;
        await using var source = new StreamSource<int>();
        source.Map<int, int>(_ => throw new UnreadableException(), options: new NodeOptions { Name = "fragile" }).Sink(_ => { });
        var pipeline = source.Start();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => source.DeliverAsync(1).Soon())!;

        Assert.That(failure.InnerException, Is.TypeOf<UnreadableException>());
        Assert.That(failure.Message, Does.Contain("'fragile'").And.Contain(nameof(UnreadableException)));
        Assert.That(Assert.ThrowsAsync<NodeFailedException>(() => pipeline.Completion.Soon())!.InnerException, Is.TypeOf<UnreadableException>());
    }

    [Test]
    public async Task Deliver_PipelineFailsBeforeTheElementIsThrough_NamesTheSource()
    {
        var fails = new TaskCompletionSource();
        await using var source = new StreamSource<int>();
        source.Named("entry").Buffer(4).MapAsync(async x =>
        {
            await fails.Task;
            return x == 1 ? throw new FormatException() : x;
        }).Sink(_ => { });
        var pipeline = source.Start();
        var (first, second) = (source.DeliverAsync(1), source.DeliverAsync(2));
        await pipeline.SettleAsync().Soon();

        fails.SetResult();

        Assert.ThrowsAsync<NodeFailedException>(() => first.Soon());
        Assert.That(Assert.ThrowsAsync<ElementAbandonedException>(() => second.Soon())!.Message, Does.Contain("emitted to 'entry'"));
    }

    private sealed class UnreadableException : Exception
    {
        public override string Message => throw new NotSupportedException("no message");
    }
}
