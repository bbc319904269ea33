namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>Chooses among ranks whose weights fall as Zipf's law has it: the second rank gets half of the first, or so.</summary>
internal sealed class ZipfChoice
{
    private readonly double[] _cumulative;

    public ZipfChoice(int ranks, double exponent)
    {
        _cumulative = new double[ranks];
        var sum = 0.0;
        for (var rank = 0; rank < ranks; rank++)
        {
            _cumulative[rank] = sum += Math.Pow(rank + 1, -exponent);
        }
    }

    /// <summary>A rank from 0, the heaviest.</summary>
    public int Next(Random random)
    {
        var found = Array.BinarySearch(_cumulative, random.NextDouble() * _cumulative[^1]);
        return Math.Min(found < 0 ? ~found : found, _cumulative.Length - 1);
    }
}
