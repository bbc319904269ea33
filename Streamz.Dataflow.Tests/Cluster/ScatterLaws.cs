using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Cluster;

[TestFixture("gather")]
[TestFixture("map and buffer")]
internal sealed class ScatterLaws(string variant) : IntLawsTests<int>
{
    private readonly InlineCluster _cluster = new();

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) =>
        variant == "gather"
            ? source.Scatter(_cluster).Gather()
            : source.Scatter(_cluster).Map(value => value).Buffer(2).Gather();

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs;
}
