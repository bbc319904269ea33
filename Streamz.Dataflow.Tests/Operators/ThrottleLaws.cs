using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[DefaultMode]
internal sealed class ThrottleLaws : IntLawsTests<int>
{
    protected override bool UsesTime => true;

    protected override TimeSpan PauseAfter(int index) => TimeSpan.FromSeconds(1);

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Throttle(TimeSpan.FromSeconds(2));

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Where((_, index) => index % 2 == 0);
}
