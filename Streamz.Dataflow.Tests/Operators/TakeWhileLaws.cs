using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

/// <summary>With a small limit the operator ends early, with a large one it ends with its input.</summary>
[TestFixture(3)]
[TestFixture(100)]
internal sealed class TakeWhileLaws(int limit) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => LawDelegate.Synchronous;

    protected override bool EndsEarly => true;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.TakeWhile(x =>
        {
            probe.Enter();
            return x < limit;
        });

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.TakeWhile(x => x < limit);
}
