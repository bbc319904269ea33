namespace Streamz.Dataflow.Tests.Models;

internal sealed class UniqueModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var (maxHistory, keys) = (random.Next(1, 5), random.Next(1, 8));
        return Trial<int>.OfPrefixes(
            $"Unique by x % {keys}, remembering {maxHistory}",
            source => source.Unique(x => x % keys, maxHistory),
            (values, _) => Unique(values, keys, maxHistory));
    }

    private static List<int> Unique(IEnumerable<int> values, int keys, int maxHistory)
    {
        // The key seen last stands last.
        List<int> history = [], results = [];
        foreach (var value in values)
        {
            if (!history.Remove(value % keys))
            {
                results.Add(value);
            }

            history.Add(value % keys);
            history = [.. history.TakeLast(maxHistory)];
        }

        return results;
    }
}
