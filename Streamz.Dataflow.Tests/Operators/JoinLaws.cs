using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class JoinLaws : IntLawsTests<(int First, int Second)>
{
    protected override bool UsesTime => true;

    protected override bool KeepsOrder => false;

    protected override int MaxInputsPerOutput => 2;

    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second)> probe) =>
        source.Join(source.Map(value => value), value => value, value => value, TimeSpan.FromSeconds(5), maxHeld: 8);

    protected override IEnumerable<(int First, int Second)> Model(IReadOnlyList<int> inputs) =>
        inputs.SelectMany(first => inputs.Where(second => second == first).Select(second => (first, second)));
}
