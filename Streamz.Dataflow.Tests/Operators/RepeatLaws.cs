using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture(1)]
[TestFixture(3)]
internal sealed class RepeatLaws(int count) : IntLawsTests<int>
{
    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Repeat(count);

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => Enumerable.Repeat(inputs, count).SelectMany(each => each);
}
