using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture(0)]
[TestFixture(2)]
internal sealed class SkipLaws(int count) : IntLawsTests<int>
{
    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Skip(count);

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Skip(count);
}
