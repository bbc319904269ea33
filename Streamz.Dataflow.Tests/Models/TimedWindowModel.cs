namespace Streamz.Dataflow.Tests.Models;

internal sealed class TimedWindowModel : OperatorModel<IReadOnlyList<int>>
{
    protected override bool UsesTime => true;

    protected override Trial<IReadOnlyList<int>> Draw(Random random)
    {
        var (interval, maxCount) = (random.Next(1, 6), random.Next(1, 5));
        return new Trial<IReadOnlyList<int>>(
            $"TimedWindow {interval} s, at most {maxCount}",
            source => source.TimedWindow(TimeSpan.FromSeconds(interval), maxCount: maxCount),
            inputs => Windows(inputs, interval, maxCount));
    }

    private static IEnumerable<Timed<IReadOnlyList<int>>> Windows(TimedInputs inputs, int interval, int maxCount)
    {
        List<Emit> window = [];
        foreach (var emit in inputs.Emits)
        {
            if (window.Count > 0 && window[0].At + interval <= emit.At)
            {
                yield return Close(window[0].At + interval);
            }

            window.Add(emit);
            if (window.Count == maxCount)
            {
                yield return Close(emit.At);
            }
        }

        if (window.Count > 0)
        {
            yield return Close(Math.Min(window[0].At + interval, inputs.End));
        }

        Timed<IReadOnlyList<int>> Close(int at)
        {
            var closed = new Timed<IReadOnlyList<int>>(at, [.. window.Select(each => each.Value)]);
            window = [];
            return closed;
        }
    }
}
