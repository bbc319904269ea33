namespace Streamz.Dataflow.Tests.Models;

/// <summary>The fold works for as many seconds as the value says, one element at a time.</summary>
internal sealed class AccumulateAsyncModel : OperatorModel<int>
{
    protected override bool UsesTime => true;

    protected override int Values => 4;

    protected override Trial<int> Draw(Random random)
    {
        var seed = random.Next(0, 5);
        return new Trial<int>(
            $"Accumulate asynchronously from {seed}",
            (sources, clock) => sources[0].Accumulate(seed, async (sum, x, aborted) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(x), clock, aborted);
                return sum + x;
            }),
            inputs => Sums(inputs, seed));
    }

    private static IEnumerable<Timed<int>> Sums(TimedInputs inputs, int sum)
    {
        var free = 0;
        foreach (var emit in inputs.Emits)
        {
            free = Math.Max(free, emit.At) + emit.Value;
            sum += emit.Value;
            yield return new Timed<int>(free, sum);
        }
    }
}
