namespace Streamz.Dataflow.Tests.Models;

internal sealed class BatchModel : OperatorModel<IReadOnlyList<int>>
{
    protected override bool UsesTime => true;

    protected override Trial<IReadOnlyList<int>> Draw(Random random)
    {
        var (maxCount, maxWeight) = (random.Next(1, 5), random.Next(1, 20));
        int? maxAge = random.Next(3) == 0 ? null : random.Next(1, 6);
        TimeSpan? time = maxAge is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        return random.Next(3) == 0
            ? new Trial<IReadOnlyList<int>>($"Batch n={maxCount} {maxAge} s", source => source.Batch(maxCount, time), inputs => Batches(inputs, maxCount, int.MaxValue, maxAge))
            : new Trial<IReadOnlyList<int>>(
                $"Batch n={maxCount} weight={maxWeight} {maxAge} s",
                source => source.Batch(maxCount, maxWeight, value => value, time),
                inputs => Batches(inputs, maxCount, maxWeight, maxAge));
    }

    private static IEnumerable<Timed<IReadOnlyList<int>>> Batches(TimedInputs inputs, int maxCount, int maxWeight, int? maxAge)
    {
        List<Emit> batch = [];
        foreach (var emit in inputs.Emits)
        {
            if (maxAge is { } age && batch.Count > 0 && batch[0].At + age <= emit.At)
            {
                yield return Close(batch[0].At + age);
            }

            if (batch.Count > 0 && batch.Sum(each => each.Value) + emit.Value > maxWeight)
            {
                yield return Close(emit.At);
            }

            batch.Add(emit);
            if (batch.Count == maxCount || batch.Sum(each => each.Value) >= maxWeight)
            {
                yield return Close(emit.At);
            }
        }

        if (batch.Count > 0)
        {
            yield return Close(Math.Min(batch[0].At + maxAge ?? int.MaxValue, inputs.End));
        }

        Timed<IReadOnlyList<int>> Close(int at)
        {
            var closed = new Timed<IReadOnlyList<int>>(at, [.. batch.Select(each => each.Value)]);
            batch = [];
            return closed;
        }
    }
}
