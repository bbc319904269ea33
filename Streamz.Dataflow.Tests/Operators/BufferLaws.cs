using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture(1)]
[TestFixture(5)]
internal sealed class BufferLaws(int n) : IntLawsTests<int>
{
    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Buffer(n);

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs;
}
