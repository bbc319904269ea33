using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Cluster;

/// <summary>The operators between scatter and gather keep the laws of all operators.</summary>
[TestFixture("filter")]
[TestFixture("accumulate")]
[TestFixture("accumulate seed")]
[TestFixture("accumulate result")]
[TestFixture("unique")]
[TestFixture("star map")]
[TestFixture("partition and flatten")]
[TestFixture("sliding window")]
[TestFixture("zip")]
[TestFixture("zip three")]
[TestFixture("zip latest")]
internal sealed class ClusterOperatorLaws(string variant) : IntLawsTests<int>
{
    private readonly InlineCluster _cluster = new();

    protected override int MaxHeld => 64;

    protected override int MaxInputsPerOutput => 2;

    // Duplicates do not wait for the sink.
    protected override bool DropsWhenBusy => variant == "unique";

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        var scattered = source.Scatter(_cluster);
        return (variant switch
        {
            "filter" => scattered.Filter(x => x % 2 == 0),
            "accumulate" => scattered.Accumulate((sum, x) => sum + x),
            "accumulate seed" => scattered.Accumulate(10, (sum, x) => sum + x),
            "accumulate result" => scattered.Accumulate(10, (sum, x) => (State: sum + x, Result: sum - x)),
            "unique" => scattered.Unique(x => x % 3),
            "star map" => scattered.Map(x => (x, x + 1)).StarMap((x, y) => x * y),
            "partition and flatten" => scattered.Partition(2).Flatten(),
            "sliding window" => scattered.SlidingWindow(2).Map(window => window.Sum()),
            "zip" => scattered.Zip(scattered.Map(x => 10 * x)).StarMap((x, y) => x + y),
            "zip three" => scattered.Zip(scattered.Map(x => 10 * x), scattered.Map(x => 100 * x)).StarMap((x, y, z) => x + y + z),
            "zip latest" => scattered.ZipLatest(source.Map(_ => 7).Take(1).Scatter(_cluster)).StarMap((x, y) => x + y),
            _ => throw Unknown(variant),
        }).Gather();
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => variant switch
    {
        "filter" => inputs.Where(x => x % 2 == 0),
        "accumulate" => inputs.Select((_, i) => inputs.Take(i + 1).Sum()),
        "accumulate seed" => inputs.Select((_, i) => 10 + inputs.Take(i + 1).Sum()),
        "accumulate result" => inputs.Select((x, i) => 10 + inputs.Take(i).Sum() - x),
        "unique" => inputs.DistinctBy(x => x % 3),
        "star map" => inputs.Select(x => x * (x + 1)),
        "partition and flatten" => inputs,
        "sliding window" => inputs.Select((x, i) => i == 0 ? x : x + inputs[i - 1]),
        "zip" => inputs.Select(x => 11 * x),
        "zip three" => inputs.Select(x => 111 * x),
        "zip latest" => inputs.Select(x => x + 7),
        _ => throw Unknown(variant),
    };
}
