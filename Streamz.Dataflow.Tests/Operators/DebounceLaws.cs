using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class DebounceLaws : IntLawsTests<int>
{
    protected override bool UsesTime => true;

    protected override bool DropsWhenBusy => true;

    protected override int MaxHeld => 1;

    // Bursts of three.
    protected override TimeSpan PauseAfter(int index) => TimeSpan.FromSeconds(index % 3 == 2 ? 5 : 1);

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Debounce(TimeSpan.FromSeconds(2));

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Where((_, index) => index % 3 == 2 || index == inputs.Count - 1);
}
