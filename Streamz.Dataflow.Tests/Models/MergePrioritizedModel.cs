namespace Streamz.Dataflow.Tests.Models;

/// <summary>In front of a rate limit, so that elements wait for one another.</summary>
[DefaultMode]
internal sealed class MergePrioritizedModel : OperatorModel<int>
{
    protected override int Sides => 3;

    protected override bool UsesTime => true;

    protected override Trial<int> Draw(Random random)
    {
        var (interval, capacity) = (random.Next(1, 5), random.Next(1, 5));
        return new Trial<int>(
            $"MergePrioritized capacity {capacity}, then one each {interval} s",
            sources => sources[0].MergePrioritized(new NodeOptions { Capacity = capacity }, sources[1], sources[2]).RateLimit(TimeSpan.FromSeconds(interval)),
            inputs => Passed(inputs, interval));
    }

    /// <summary>The rate limit takes the next element as soon as the one before has passed, and lets it pass when its time has come.</summary>
    private static IEnumerable<Timed<int>> Passed(TimedInputs inputs, int interval)
    {
        List<Emit> left = [.. inputs.Emits];
        var (free, passes) = (0, 0);
        while (left.Count > 0)
        {
            // A timer that is due at a second fires before the emits of that second.
            var arrived = left.Where(emit => emit.At < free).ToList();
            var taken = arrived.Count > 0 ? arrived.MinBy(emit => emit.Side) : left[0];
            passes = Math.Max(taken.At, passes);
            yield return new Timed<int>(passes, taken.Value);
            left.Remove(taken);
            free = passes;
            passes += interval;
        }
    }
}
