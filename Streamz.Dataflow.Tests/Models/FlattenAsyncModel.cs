using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Tests.Models;

/// <summary>A sequence of x items, one a second.</summary>
internal sealed class FlattenAsyncModel : OperatorModel<int>
{
    protected override bool UsesTime => true;

    protected override int Values => 4;

    protected override Trial<int> Draw(Random random) =>
        new("Flatten asynchronous sequences", (sources, clock) => sources[0].Flatten((x, aborted) => ItemsAsync(x, clock, aborted)), Items);

    private static async IAsyncEnumerable<int> ItemsAsync(int count, TimeProvider clock, [EnumeratorCancellation] CancellationToken aborted)
    {
        for (var item = 0; item < count; item++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), clock, aborted);
            yield return item;
        }
    }

    private static IEnumerable<Timed<int>> Items(TimedInputs inputs)
    {
        var free = 0;
        foreach (var emit in inputs.Emits)
        {
            free = Math.Max(free, emit.At);
            for (var item = 0; item < emit.Value; item++)
            {
                free++;
                yield return new Timed<int>(free, item);
            }
        }
    }
}
