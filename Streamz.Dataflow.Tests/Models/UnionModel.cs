namespace Streamz.Dataflow.Tests.Models;

internal sealed class UnionModel : OperatorModel<int>
{
    protected override int Sides => 3;

    protected override Trial<int> Draw(Random random) =>
        new(
            "Union",
            sources => sources[0].Union(sources[1], sources[2]),
            inputs => inputs.Emits.Select(emit => new Timed<int>(emit.At, emit.Value)));
}
