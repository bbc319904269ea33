using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class PluckSelectorLaws : IntLawsTests<int>
{
    protected override LawDelegate Delegate => LawDelegate.Synchronous;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Pluck(value =>
    {
        probe.Enter();
        return -value;
    });

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Select(value => -value);
}

[TestFixture("read-only list")]
[TestFixture("array")]
[TestFixture("list")]
[TestFixture("read-only dictionary")]
[TestFixture("dictionary")]
internal sealed class PluckLaws(string variant) : IntLawsTests<int>
{
    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => variant switch
    {
        "read-only list" => source.Map(value => (IReadOnlyList<int>)[value, -value]).Pluck(1),
        "array" => source.Map(value => new[] { value, -value }).Pluck(1),
        "list" => source.Map(value => new List<int> { value, -value }).Pluck(1),
        "read-only dictionary" => source.Map(value => (IReadOnlyDictionary<string, int>)Named(value)).Pluck("b"),
        "dictionary" => source.Map(Named).Pluck("b"),
        _ => throw Unknown(variant),
    };

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Select(value => -value);

    private static Dictionary<string, int> Named(int value) => new() { ["a"] = value, ["b"] = -value };
}

[TestFixture("read-only list")]
[TestFixture("array")]
[TestFixture("list")]
[TestFixture("read-only dictionary")]
[TestFixture("dictionary")]
internal sealed class PluckSeveralLaws(string variant) : IntLawsTests<IReadOnlyList<int>>
{
    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) => variant switch
    {
        "read-only list" => source.Map(value => (IReadOnlyList<int>)[value, 1, -value]).Pluck([2, 0]),
        "array" => source.Map(value => new[] { value, 1, -value }).Pluck([2, 0]),
        "list" => source.Map(value => new List<int> { value, 1, -value }).Pluck([2, 0]),
        "read-only dictionary" => source.Map(value => (IReadOnlyDictionary<string, int>)Named(value)).Pluck(["c", "a"]),
        "dictionary" => source.Map(Named).Pluck(["c", "a"]),
        _ => throw Unknown(variant),
    };

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs) => inputs.Select(value => (int[])[-value, value]);

    private static Dictionary<string, int> Named(int value) => new() { ["a"] = value, ["b"] = 1, ["c"] = -value };
}
