using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture(false)]
[TestFixture(true)]
internal sealed class TimedWindowLaws(bool emitEmpty) : IntLawsTests<IReadOnlyList<int>>
{
    private const int MaxCount = 4;

    protected override bool UsesTime => true;

    protected override int MaxHeld => MaxCount;

    protected override int MaxInputsPerOutput => MaxCount;

    // The window ends after the second element, and an empty one follows it.
    protected override TimeSpan PauseAfter(int index) => TimeSpan.FromSeconds(index == 1 ? 11 : 0);

    protected override IStream Build(Stream<int> source, LawProbe<IReadOnlyList<int>> probe) =>
        source.TimedWindow(TimeSpan.FromSeconds(5), emitEmpty, MaxCount);

    protected override IEnumerable<IReadOnlyList<int>> Model(IReadOnlyList<int> inputs)
    {
        IEnumerable<IReadOnlyList<int>> empty = emitEmpty && inputs.Count >= 2 ? [[]] : [];
        return inputs.Take(2).Chunk(MaxCount).Concat(empty).Concat(inputs.Skip(2).Chunk(MaxCount));
    }
}
