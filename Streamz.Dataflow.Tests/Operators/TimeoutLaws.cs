using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class TimeoutLaws : IntLawsTests<int>
{
    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Timeout(TimeSpan.FromDays(2));

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs;
}
