using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class CombineLatestAllLaws : IntLawsTests<IReadOnlyList<int>>
{
    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) => new[] { source }.CombineLatestAll();

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs) => inputs.Select(value => new[] { value });
}
