namespace Streamz.Dataflow.Tests.Models;

internal sealed class AccumulateModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var seed = random.Next(-1, 5);
        return seed < 0
            ? Trial<int>.OfPrefixes("Accumulate", source => source.Accumulate((sum, x) => sum + x), (values, _) => Sums(values, 0))
            : Trial<int>.OfPrefixes($"Accumulate from {seed}", source => source.Accumulate(seed, (sum, x) => sum + x), (values, _) => Sums(values, seed));
    }

    private static IEnumerable<int> Sums(IReadOnlyList<int> values, int seed) =>
        Enumerable.Range(1, values.Count).Select(count => seed + values.Take(count).Sum());
}
