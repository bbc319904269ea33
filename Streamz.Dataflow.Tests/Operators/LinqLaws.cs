using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture("select")]
[TestFixture("where")]
[TestFixture("select many")]
internal sealed class LinqLaws(string variant) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => LawDelegate.Synchronous;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        T Probed<T>(T result)
        {
            probe.Enter();
            return result;
        }

        return variant switch
        {
            "select" => source.Select(value => Probed(value * 2)),
            "where" => source.Where(value => Probed(value < 4)),
            "select many" => source.SelectMany(value => Probed(Enumerable.Range(0, value)), (value, item) => value * item),
            _ => throw Unknown(variant),
        };
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => variant switch
    {
        "select" => inputs.Select(value => value * 2),
        "where" => inputs.Where(value => value < 4),
        _ => inputs.SelectMany(value => Enumerable.Range(0, value), (value, item) => value * item),
    };
}
