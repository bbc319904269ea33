namespace Streamz.Dataflow.Tests.Models;

internal sealed class DelayModel : OperatorModel<int>
{
    protected override bool UsesTime => true;

    protected override Trial<int> Draw(Random random)
    {
        var (seconds, maxCount) = (random.Next(1, 8), random.Next(1, 6));
        return new Trial<int>(
            $"Delay {seconds} s, at most {maxCount}",
            source => source.Delay(TimeSpan.FromSeconds(seconds), maxCount),
            inputs => Shift(inputs, seconds, maxCount));
    }

    private static List<Timed<int>> Shift(TimedInputs inputs, int seconds, int maxCount)
    {
        List<Timed<int>> outputs = [];
        foreach (var emit in inputs.Emits)
        {
            // An emit that finds all places taken is accepted when the oldest leaves, and its time begins then.
            var accepted = outputs.Count < maxCount ? emit.At : Math.Max(emit.At, outputs[^maxCount].At);
            outputs.Add(new Timed<int>(accepted + seconds, emit.Value));
        }

        return outputs;
    }
}
