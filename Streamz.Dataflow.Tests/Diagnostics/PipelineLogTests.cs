using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Tests.Hosting;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.Diagnostics;

[CancelAfter(30_000)]
internal sealed class PipelineLogTests
{
    private const int Skipped = 3;
    private const int Retried = 9;
    private const int DeadLettered = 10;

    private static IEnumerable<TestCaseData> Policies()
    {
        var queue = new DeadLetterQueue();
        queue.Sink(_ => { });
        yield return new TestCaseData(Skipped, ErrorPolicy.Skip);
        yield return new TestCaseData(Retried, ErrorPolicy.Retry(1, TimeSpan.Zero).Then(ErrorPolicy.Skip));
        yield return new TestCaseData(DeadLettered, ErrorPolicy.DeadLetter(queue));
    }

    [TestCaseSource(nameof(Policies))]
    public async Task Log_EveryElementFails_HasOneEntryInTenSecondsAndCountsTheOthers(int kind, ErrorPolicy policy)
    {
        var clock = new FakeTimeProvider();
        using var log = new CapturedLog(eventOfInterest: kind);
        var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock, LoggerFactory = log });
        source.Map(x => x < 0 ? x : throw new FormatException($"{x}"), options: new NodeOptions { Name = "parse", OnError = policy }).Sink(_ => { });

        await source.EmitAllAsync(Enumerable.Range(0, 1_000).ToArray()).Soon();
        await source.DeliverAsync(-1).Soon();
        clock.Advance(TimeSpan.FromSeconds(10));
        await source.EmitAllAsync([1_000, 1_001]).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(log.Entries.Select(entry => entry.Failure!.Message), Is.EqualTo(new[] { "0", "1000" }));
        Assert.That(log.Entries.Select(entry => entry.Text), Has.All.Contains("'parse'"));
        Assert.That(log.Entries.ElementAt(0).Text, Does.Contain("; 0 more"));
        Assert.That(log.Entries.ElementAt(1).Text, Does.Contain("; 999 more"));
    }

    [Test]
    public async Task Log_NoElementFails_HasNothingOfThem()
    {
        using var log = new RecordingLoggers();
        using var factory = new LoggerFactory([log]);
        var source = new StreamSource<int>(new StreamOptions { LoggerFactory = factory });
        source.Map(x => x).MapAsync(x => new ValueTask<int>(x), maxDegreeOfParallelism: 2).Sink(_ => { });

        await source.EmitAllAsync(Enumerable.Range(0, 1_000)).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(log.Lines, Has.Count.LessThan(10));
    }
}
