namespace Streamz.Dataflow.Tests.Models;

/// <summary>Latest in front of a consumer that takes its time: a rate limit.</summary>
[DefaultMode]
internal sealed class LatestModel : OperatorModel<int>
{
    protected override bool UsesTime => true;

    protected override Trial<int> Draw(Random random)
    {
        var seconds = random.Next(1, 10);
        return new Trial<int>(
            $"Latest before a rate limit of {seconds} s",
            source => source.Latest().RateLimit(TimeSpan.FromSeconds(seconds)),
            inputs => Newest(inputs, seconds));
    }

    private static IEnumerable<Timed<int>> Newest(TimedInputs inputs, int seconds)
    {
        (int Value, int LeavesAt)? atWork = null;
        int? waiting = null;
        var next = 0;
        foreach (var emit in inputs.Emits)
        {
            foreach (var left in LeaveUntil(emit.At))
            {
                yield return left;
            }

            if (atWork is not null)
            {
                waiting = emit.Value;
            }
            else if (next > emit.At)
            {
                Begin(emit.Value);
            }
            else
            {
                next = emit.At + seconds;
                yield return new Timed<int>(emit.At, emit.Value);
            }
        }

        foreach (var left in LeaveUntil(int.MaxValue))
        {
            yield return left;
        }

        IEnumerable<Timed<int>> LeaveUntil(int now)
        {
            while (atWork is { } first && first.LeavesAt <= now)
            {
                yield return new Timed<int>(first.LeavesAt, first.Value);
                next = first.LeavesAt + seconds;
                atWork = null;
                if (waiting is { } second)
                {
                    waiting = null;
                    Begin(second);
                }
            }
        }

        void Begin(int value) => atWork = (value, next);
    }
}
