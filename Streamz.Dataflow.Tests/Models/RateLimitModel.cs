namespace Streamz.Dataflow.Tests.Models;

internal sealed class RateLimitModel : OperatorModel<int>
{
    protected override bool UsesTime => true;

    protected override Trial<int> Draw(Random random)
    {
        var interval = random.Next(1, 6);
        return new Trial<int>($"RateLimit {interval} s", source => source.RateLimit(TimeSpan.FromSeconds(interval)), inputs => Spaced(inputs, interval));
    }

    private static IEnumerable<Timed<int>> Spaced(TimedInputs inputs, int interval)
    {
        var free = 0;
        foreach (var emit in inputs.Emits)
        {
            var at = Math.Max(emit.At, free);
            yield return new Timed<int>(at, emit.Value);
            free = at + interval;
        }
    }
}
