using Shop.Pipelines;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Docs;

/// <summary>An operator from another assembly keeps the same laws as the built-in ones.</summary>
internal sealed class ChangesLaws : IntLawsTests<int>
{
    protected override IReadOnlyList<int> Inputs => [1, 1, 2, 0, 0, 3, 3, 4];

    protected override int MaxInputsPerOutput => 2;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.Changes();

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Where((value, index) => index == 0 || inputs[index - 1] != value);
}
