using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture(0, null, 1)]
[TestFixture(1, null, 2)]
[TestFixture(1, 5, 3)]
[TestFixture(1, 100, 1)]
[DefaultMode]
internal sealed class SliceLaws(int start, int? end, int step) : IntLawsTests<int>
{
    protected override bool EndsEarly => end is not null;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Slice(start, end, step);

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) =>
        inputs.Where((_, index) => index >= start && index < (end ?? int.MaxValue) && (index - start) % step == 0);
}

internal sealed class SliceRangeLaws : IntLawsTests<int>
{
    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Slice(1.., step: 3);

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Where((_, index) => index % 3 == 1);
}
