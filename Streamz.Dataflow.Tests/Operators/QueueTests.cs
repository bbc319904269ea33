namespace Streamz.Dataflow.Tests.Operators;

/// <summary>Which operators have a queue of their own, and which pace emitters exactly.</summary>
[TestFixture]
[DefaultMode]
internal sealed class QueueTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [TestCaseSource(nameof(Operators))]
    public void Operator_BehindAnother_HasAQueueOfItsOwnOrShares(bool hasQueue, Func<Stream<int>, IStream> build)
    {
        var source = new StreamSource<int>();
        var name = build(source.Map(x => x)).Node.Label;
        using var pipeline = new Ending(source.Start());

        Assert.That(pipeline.Value.GetSnapshot().Nodes.Single(node => node.Label == name).Capacity, hasQueue ? Is.GreaterThan(0) : Is.Zero);
    }

    private static IEnumerable<TestCaseData> Operators()
    {
        yield return Case("buffer", true, stream => stream.Buffer(3));
        yield return Case("delay", true, stream => stream.Delay(s_second));
        yield return Case("latest", true, stream => stream.Latest());
        yield return Case("timeout", true, stream => stream.Timeout(s_second));
        yield return Case("timed window", true, stream => stream.TimedWindow(s_second));
        yield return Case("timed window unique", true, stream => stream.TimedWindowUnique(s_second, x => x));
        yield return Case("zip", true, stream => stream.Zip(new StreamSource<int>()));
        yield return Case("combine latest", true, stream => stream.CombineLatest(new StreamSource<int>()));
        yield return Case("batch with an age", true, stream => stream.Batch(2, maxAge: s_second));
        yield return Case("batch", false, stream => stream.Batch(2));
        yield return Case("partition with a timeout", true, stream => stream.Partition(2, timeout: s_second));
        yield return Case("partition", false, stream => stream.Partition(2));
        yield return Case("partition unique with a timeout", true, stream => stream.PartitionUnique(2, timeout: s_second));
        yield return Case("partition unique", false, stream => stream.PartitionUnique(2));
        yield return Case("group by with a time", true, stream => stream.GroupBy(x => x, group => group.Map(x => x), new GroupByOptions { IdleTimeout = s_second }));
        yield return Case("group by", false, stream => stream.GroupBy(x => x, group => group.Map(x => x)));
        yield return Case("map", false, stream => stream.Map(x => x + 1));
    }

    [TestCaseSource(nameof(Asynchronous))]
    public void Operator_WithAnAsynchronousDelegate_PacesEmittersExactly(bool isExact, Func<Stream<int>, IStream> build)
    {
        var source = new StreamSource<int>();
        build(source);
        using var pipeline = new Ending(source.Start());

        Assert.That(pipeline.Value.GetSnapshot().Nodes.Max(node => node.Capacity), Is.EqualTo(isExact ? 1 : 128));
    }

    private static IEnumerable<TestCaseData> Asynchronous()
    {
        yield return Case("map", true, stream => stream.MapAsync(x => Task.FromResult(x)));
        yield return Case("filter", true, stream => stream.Filter(_ => Task.FromResult(true)));
        yield return Case("tap", true, stream => stream.Tap(_ => Task.CompletedTask));
        yield return Case("accumulate", true, stream => stream.Accumulate(0, (_, x) => Task.FromResult(x)));
        yield return Case("flatten", true, stream => stream.Flatten(x => new[] { x }.ToAsyncEnumerable()));
        yield return Case("synchronous filter", false, stream => stream.Filter(_ => true));
    }

    private static TestCaseData Case(string name, bool expected, Func<Stream<int>, IStream> build) => new TestCaseData(expected, build).SetArgDisplayNames(name);

    private sealed class Ending(Pipeline pipeline) : IDisposable
    {
        public Pipeline Value => pipeline;

        public void Dispose() => pipeline.Run.Abort();
    }
}
