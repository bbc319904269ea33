using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class WhereNotNullLaws : OperatorLawsTests<string?, string>
{
    protected override IReadOnlyList<string?> Inputs => ["a", null, "", null, "b"];

    protected override IStream Build(Stream<string?> source, LawProbe<string> probe) => source.WhereNotNull();

    protected override IEnumerable<string> Model(IReadOnlyList<string?> inputs) => inputs.OfType<string>();
}

internal sealed class WhereNotNullValueLaws : OperatorLawsTests<int?, int>
{
    protected override IReadOnlyList<int?> Inputs => [1, null, 0, null, 2];

    protected override IStream Build(Stream<int?> source, LawProbe<int> probe) => source.WhereNotNull();

    protected override IEnumerable<int> Model(IReadOnlyList<int?> inputs) => inputs.OfType<int>();
}
