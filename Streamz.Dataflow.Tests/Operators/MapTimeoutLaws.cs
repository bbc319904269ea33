using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

/// <summary>A limit that is never reached changes nothing, and leaves no timer behind.</summary>
[TestFixture(1, true)]
[TestFixture(3, true)]
[TestFixture(3, false)]
internal sealed class MapTimeoutLaws(int maxDegreeOfParallelism, bool ordered) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => LawDelegate.Asynchronous;

    protected override bool KeepsOrder => ordered;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) =>
        source.Map(
            async (value, token) =>
            {
                await probe.EnterAsync(token);
                return value * 2;
            },
            maxDegreeOfParallelism,
            ordered,
            new NodeOptions { Timeout = TimeSpan.FromDays(10) });

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Select(value => value * 2);
}
