using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture("plain")]
[TestFixture("options")]
internal sealed class MergePrioritizedLaws(string variant) : IntLawsTests<int>
{
    protected override bool KeepsOrder => false;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        var other = source.Map(value => -value);
        return variant == "plain" ? source.MergePrioritized(other) : source.MergePrioritized(new NodeOptions { Capacity = 3 }, other);
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Concat(inputs.Select(value => -value));
}
