namespace Streamz.Dataflow.Tests.Models;

/// <summary>The side effect takes as many seconds as the value says, one element at a time.</summary>
internal sealed class TapModel : OperatorModel<int>
{
    protected override bool UsesTime => true;

    protected override int Values => 4;

    protected override Trial<int> Draw(Random random) =>
        new("Tap asynchronously", (sources, clock) => sources[0].Tap((int x, CancellationToken aborted) => Task.Delay(TimeSpan.FromSeconds(x), clock, aborted)), Looks);

    private static IEnumerable<Timed<int>> Looks(TimedInputs inputs)
    {
        var free = 0;
        foreach (var emit in inputs.Emits)
        {
            free = Math.Max(free, emit.At) + emit.Value;
            yield return new Timed<int>(free, emit.Value);
        }
    }
}
