using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture(4)]
[TestFixture(1)]
internal sealed class DelayLaws(int maxCount) : IntLawsTests<int>
{
    protected override bool UsesTime => true;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Delay(TimeSpan.FromSeconds(3), maxCount);

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs;
}
