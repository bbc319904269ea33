using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class SampleLaws : IntLawsTests<int>
{
    protected override bool UsesTime => true;

    protected override bool DropsWhenBusy => true;

    protected override int MaxHeld => 1;

    protected override TimeSpan PauseAfter(int index) => TimeSpan.FromSeconds(1);

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Sample(TimeSpan.FromSeconds(3));

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Where((_, index) => index % 3 == 2 || index == inputs.Count - 1);
}

/// <summary>The stream asks for itself, behind each of its elements: a branch that is subscribed later gets the element later.</summary>
internal sealed class SampleByStreamLaws : IntLawsTests<int>
{
    protected override int MaxHeld => 1;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Sample(source);

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs;
}
