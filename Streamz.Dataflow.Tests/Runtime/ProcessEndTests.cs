using Streamz.Dataflow.Runtime;
using Streamz.Dataflow.Tests.Parity;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.Runtime;

/// <summary>What is told when the process ends; the end itself is not made here.</summary>
[TestFixture]
internal sealed class ProcessEndTests
{
    private const int ProcessEnds = 15;

    [Test]
    [Defect("D15")]
    public async Task ProcessEnd_ElementsAreInFlight_IsToldWithTheirNumber()
    {
        using var log = new CapturedLog(ProcessEnds);
        var gate = new TaskCompletionSource();
        await using var source = new StreamSource<int>(new StreamOptions { LoggerFactory = log });
        source.Buffer(10).Sink(_ => gate.Task);
        var pipeline = source.Start();
        await source.EmitTogetherAsync(Enumerable.Range(0, 5)).Soon();
        await pipeline.WhenSettledAsync().Soon();

        ProcessEnd.Tell();

        gate.SetResult();
        Assert.That(log.Entries.Single().Text, Does.Contain("5 elements").And.Contain("source"));
    }

    [Test]
    public async Task ProcessEnd_ElementWaitsBehindItsOwnQueue_IsCountedOnce()
    {
        using var log = new CapturedLog(ProcessEnds);
        var gate = new TaskCompletionSource();
        await using var source = new StreamSource<int>(new StreamOptions { LoggerFactory = log });
        source.Buffer(10).Sink(_ => gate.Task, options: new NodeOptions { Capacity = 1 });
        var pipeline = source.Start();
        await source.EmitTogetherAsync(Enumerable.Range(0, 5)).Soon();
        await pipeline.WhenSettledAsync().Soon();

        ProcessEnd.Tell();

        gate.SetResult();
        Assert.That(log.Entries.Single().Text, Does.Contain("5 elements"));
    }

    [Test]
    public async Task ProcessEnd_NothingIsInFlight_IsSilent()
    {
        using var log = new CapturedLog(ProcessEnds);
        await using var source = new StreamSource<int>(new StreamOptions { LoggerFactory = log });
        source.SinkToList();
        var pipeline = source.Start();
        await source.DeliverAsync(1).Soon();
        await pipeline.WhenSettledAsync().Soon();
        ProcessEnd.Tell();
        await source.CompleteAsync().Soon();
        ProcessEnd.Tell();
        Assert.That(log.Entries, Is.Empty);
    }
}
