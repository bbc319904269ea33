namespace Streamz.Dataflow.Tests.Models;

internal sealed class ScanModel : OperatorModel<string>
{
    protected override Trial<string> Draw(Random random)
    {
        var seed = random.Next(0, 5);
        return Trial<string>.OfPrefixes(
            $"Scan from {seed}",
            source => source.Scan(seed, (sum, x) => (State: sum + x, Result: $"{sum}+{x}")),
            (values, _) => values.Select((x, i) => $"{seed + values.Take(i).Sum()}+{x}"));
    }
}
