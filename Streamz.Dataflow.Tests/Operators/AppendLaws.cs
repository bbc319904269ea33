using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture("elements")]
[TestFixture("sequence")]
internal sealed class AppendLaws(string variant) : IntLawsTests<int>
{
    protected override IStream Build(Stream<int> source, LawProbe<int> probe) =>
        variant == "elements" ? source.Append(7, 0, 9) : source.Append(new[] { 7, 0, 9 }.Select(value => value));

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => [.. inputs, 7, 0, 9];
}
