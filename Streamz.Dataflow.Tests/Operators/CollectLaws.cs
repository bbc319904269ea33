using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

/// <summary>With flushes that never come: where they fall among the elements is a matter of arrival.</summary>
internal sealed class CollectLaws : IntLawsTests<IReadOnlyList<int>>
{
    private const int MaxCount = 3;

    protected override int MaxHeld => MaxCount - 1;

    protected override int MaxInputsPerOutput => MaxCount;

    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) => source.Collect(source.Filter(_ => false), MaxCount);

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs) => inputs.Chunk(MaxCount);
}
