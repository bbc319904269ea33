using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture(true)]
[TestFixture(false)]
internal sealed class SlidingWindowLaws(bool returnPartial) : IntLawsTests<IReadOnlyList<int>>
{
    private const int N = 3;

    // Windows in flight share their members.
    protected override int MaxHeld => N - 1;

    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) => source.SlidingWindow(N, returnPartial);

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs) =>
        Enumerable.Range(1, inputs.Count)
            .Select(end => (IReadOnlyList<int>)[.. inputs.Take(end).TakeLast(N)])
            .Where(window => returnPartial || window.Count == N);
}
