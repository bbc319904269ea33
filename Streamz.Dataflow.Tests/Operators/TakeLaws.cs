using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

/// <summary>With fewer elements than inputs the operator ends early, with more it ends with its input.</summary>
[TestFixture(3)]
[TestFixture(100)]
internal sealed class TakeLaws(int count) : IntLawsTests<int>
{
    protected override bool EndsEarly => true;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Take(count);

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Take(count);
}
