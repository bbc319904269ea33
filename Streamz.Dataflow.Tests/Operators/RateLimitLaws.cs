using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class RateLimitLaws : IntLawsTests<int>
{
    protected override bool UsesTime => true;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.RateLimit(TimeSpan.FromSeconds(2));

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs;
}
