namespace Streamz.Dataflow.Tests.Models;

internal sealed class StarMapModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random) =>
        Trial<int>.OfPrefixes("StarMap", source => source.Map(x => (x, x + 1)).StarMap((a, b) => a * b), (values, _) => values.Select(x => x * (x + 1)));
}
