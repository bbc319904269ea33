namespace Streamz.Dataflow.Tests.Models;

internal sealed class CollectModel : OperatorModel<IReadOnlyList<int>>
{
    protected override int Sides => 2;

    protected override Trial<IReadOnlyList<int>> Draw(Random random)
    {
        var maxCount = random.Next(1, 6);
        return new Trial<IReadOnlyList<int>>(
            $"Collect at most {maxCount}",
            sources => sources[0].Collect(sources[1], maxCount),
            inputs => Lists(inputs, maxCount));
    }

    private static IEnumerable<Timed<IReadOnlyList<int>>> Lists(TimedInputs inputs, int maxCount)
    {
        List<int> gathered = [];
        foreach (var emit in inputs.Emits)
        {
            if (emit.Side == 0)
            {
                gathered.Add(emit.Value);
            }

            if (emit.Side == 1 || gathered.Count == maxCount)
            {
                yield return new Timed<IReadOnlyList<int>>(emit.At, gathered);
                gathered = [];
            }
        }

        if (gathered.Count > 0)
        {
            yield return new Timed<IReadOnlyList<int>>(inputs.End, gathered);
        }
    }
}
