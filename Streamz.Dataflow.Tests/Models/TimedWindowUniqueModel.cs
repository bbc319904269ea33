namespace Streamz.Dataflow.Tests.Models;

internal sealed class TimedWindowUniqueModel : OperatorModel<IReadOnlyList<int>>
{
    protected override bool UsesTime => true;

    protected override Trial<IReadOnlyList<int>> Draw(Random random)
    {
        var (interval, maxCount, divisor) = (random.Next(1, 6), random.Next(1, 5), random.Next(1, 4));
        var keep = random.Next(2) == 0 ? KeptDuplicate.First : KeptDuplicate.Last;
        return new Trial<IReadOnlyList<int>>(
            $"TimedWindowUnique {interval} s, {keep} of value / {divisor}, at most {maxCount}",
            source => source.TimedWindowUnique(TimeSpan.FromSeconds(interval), value => value / divisor, keep, maxCount: maxCount),
            inputs => Windows(inputs, interval, maxCount, divisor, keep));
    }

    private static IEnumerable<Timed<IReadOnlyList<int>>> Windows(TimedInputs inputs, int interval, int maxCount, int divisor, KeptDuplicate keep)
    {
        List<int> window = [];
        var ends = 0;
        foreach (var emit in inputs.Emits)
        {
            if (window.Count > 0 && ends <= emit.At)
            {
                yield return Close(ends);
            }

            if (window.Count == 0)
            {
                ends = emit.At + interval;
            }

            var seen = window.FindIndex(value => value / divisor == emit.Value / divisor);
            if (seen >= 0 && keep == KeptDuplicate.Last)
            {
                window.RemoveAt(seen);
            }

            if (seen < 0 || keep == KeptDuplicate.Last)
            {
                window.Add(emit.Value);
            }

            if (window.Count == maxCount)
            {
                yield return Close(emit.At);
            }
        }

        if (window.Count > 0)
        {
            yield return Close(Math.Min(ends, inputs.End));
        }

        Timed<IReadOnlyList<int>> Close(int at)
        {
            var closed = new Timed<IReadOnlyList<int>>(at, [.. window]);
            window = [];
            return closed;
        }
    }
}
