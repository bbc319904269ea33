using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class UniqueLaws : IntLawsTests<int>
{
    protected override IReadOnlyList<int> Inputs => [1, 2, 0, 1, 3, 0, 1];

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Map(Different(0)).Unique().Map(value => value % 10);

    // Numbered, so that any number of elements gives outputs without end.
    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Select(Different(0)).Distinct().Select(value => value % 10);

    private static Func<int, int> Different(int index) => value => (index++ / 14 * 10) + value;
}

internal sealed class UniqueKeyLaws : IntLawsTests<int>
{
    protected override LawDelegate Delegate => LawDelegate.Synchronous;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Unique(
        value =>
        {
            probe.Enter();
            return value / 2;
        },
        maxHistory: 1);

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) =>
        inputs.Where((value, index) => index == 0 || inputs[index - 1] / 2 != value / 2);
}
