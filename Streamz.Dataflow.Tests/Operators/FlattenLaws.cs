using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture("sequence")]
[TestFixture("read-only list")]
[TestFixture("array")]
[TestFixture("list")]
[TestFixture("sync selector")]
internal sealed class FlattenLaws(string variant) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => variant == "sync selector" ? LawDelegate.Synchronous : LawDelegate.None;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        IEnumerable<int> Probed(int value)
        {
            probe.Enter();
            return Items(value);
        }

        return variant switch
        {
            "sequence" => source.Map(Items).Flatten(),
            "read-only list" => source.Map(value => (IReadOnlyList<int>)Items(value).ToArray()).Flatten(),
            "array" => source.Map(value => Items(value).ToArray()).Flatten(),
            "list" => source.Map(value => Items(value).ToList()).Flatten(),
            "sync selector" => source.Flatten(Probed),
            _ => throw Unknown(variant),
        };
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.SelectMany(Items);

    // No item for 5, the default value among the others.
    private static IEnumerable<int> Items(int value) => value == 5 ? [] : Enumerable.Range(0, (value % 3) + 1);
}
