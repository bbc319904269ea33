using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class LatestLaws : IntLawsTests<int>
{
    protected override bool DropsWhenBusy => true;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Latest();

    // The laws let the pipeline settle after each element, so that none has to wait.
    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs;
}
