using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture("elements")]
[TestFixture("sequence")]
[TestFixture("nothing")]
internal sealed class PrependLaws(string variant) : IntLawsTests<int>
{
    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => variant switch
    {
        "elements" => source.Prepend(7, 0, 9),
        "sequence" => source.Prepend(Enumerable.Range(7, 3).Select(value => value == 8 ? 0 : value)),
        "nothing" => source.Prepend(),
        _ => throw Unknown(variant),
    };

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => variant == "nothing" ? inputs : [7, 0, 9, .. inputs];
}
