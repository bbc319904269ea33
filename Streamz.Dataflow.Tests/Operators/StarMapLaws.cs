using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture(2)]
[TestFixture(3)]
[TestFixture(4)]
[TestFixture(5)]
[TestFixture(6)]
[TestFixture(7)]
[TestFixture(8)]
internal sealed class StarMapLaws(int arity) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => LawDelegate.Synchronous;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        int Sum(params int[] values)
        {
            probe.Enter();
            return values.Sum();
        }

        return arity switch
        {
            2 => source.Map(x => (x, 1)).StarMap((a, b) => Sum(a, b)),
            3 => source.Map(x => (x, 1, 1)).StarMap((a, b, c) => Sum(a, b, c)),
            4 => source.Map(x => (x, 1, 1, 1)).StarMap((a, b, c, d) => Sum(a, b, c, d)),
            5 => source.Map(x => (x, 1, 1, 1, 1)).StarMap((a, b, c, d, e) => Sum(a, b, c, d, e)),
            6 => source.Map(x => (x, 1, 1, 1, 1, 1)).StarMap((a, b, c, d, e, f) => Sum(a, b, c, d, e, f)),
            7 => source.Map(x => (x, 1, 1, 1, 1, 1, 1)).StarMap((a, b, c, d, e, f, g) => Sum(a, b, c, d, e, f, g)),
            _ => source.Map(x => (x, 1, 1, 1, 1, 1, 1, 1)).StarMap((a, b, c, d, e, f, g, h) => Sum(a, b, c, d, e, f, g, h)),
        };
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Select(value => value + arity - 1);
}
