using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture(1)]
[TestFixture(4)]
internal sealed class ZipAllLaws(int sides) : IntLawsTests<IReadOnlyList<int>>
{
    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) =>
        Enumerable.Range(1, sides).Select(factor => source.Map(value => value * factor)).ZipAll(maxSize: 3);

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => Enumerable.Range(1, sides).Select(factor => value * factor).ToArray());
}
