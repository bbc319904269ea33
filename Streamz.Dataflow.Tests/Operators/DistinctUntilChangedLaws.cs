using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class DistinctUntilChangedLaws : IntLawsTests<int>
{
    protected override IReadOnlyList<int> Inputs => [1, 1, 2, 0, 0, 3, 1];

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.DistinctUntilChanged();

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Where((value, index) => index == 0 || inputs[index - 1] != value);
}

internal sealed class DistinctUntilChangedKeyLaws : IntLawsTests<int>
{
    protected override LawDelegate Delegate => LawDelegate.Synchronous;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.DistinctUntilChanged(value =>
    {
        probe.Enter();
        return value / 2;
    });

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Where((value, index) => index == 0 || inputs[index - 1] / 2 != value / 2);
}
