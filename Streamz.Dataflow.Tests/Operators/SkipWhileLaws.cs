using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class SkipWhileLaws : IntLawsTests<int>
{
    protected override LawDelegate Delegate => LawDelegate.Synchronous;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.SkipWhile(value =>
    {
        probe.Enter();
        return value is 1 or 2;
    });

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.SkipWhile(value => value is 1 or 2);
}
