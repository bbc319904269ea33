using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture("unseeded")]
[TestFixture("seeded")]
[TestFixture("state and result")]
internal sealed class AccumulateLaws(string variant) : IntLawsTests<int>
{
    private int Seed => variant == "unseeded" ? 0 : 10;

    protected override LawDelegate Delegate => LawDelegate.Synchronous;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        int Add(int sum, int value)
        {
            probe.Enter();
            return sum + value;
        }

        (int State, int Result) AddAndNegate(int sum, int value) => (Add(sum, value), -(sum + value));

        return variant switch
        {
            "unseeded" => source.Accumulate(Add),
            "seeded" => source.Accumulate(Seed, Add),
            "state and result" => source.Accumulate<int, int, int>(Seed, AddAndNegate),
            _ => throw Unknown(variant),
        };
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs)
    {
        var sum = Seed;
        foreach (var value in inputs)
        {
            sum += value;
            yield return variant == "state and result" ? -sum : sum;
        }
    }
}
