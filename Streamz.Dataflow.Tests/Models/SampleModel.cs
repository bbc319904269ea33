namespace Streamz.Dataflow.Tests.Models;

internal sealed class SampleModel : OperatorModel<int>
{
    protected override bool UsesTime => true;

    protected override Trial<int> Draw(Random random)
    {
        var seconds = random.Next(1, 10);
        return new Trial<int>(
            $"Sample {seconds} s",
            source => source.Sample(TimeSpan.FromSeconds(seconds)),
            inputs => inputs.Emits.GroupBy(emit => emit.At / seconds)
                .Select(interval => new Timed<int>(Math.Min((interval.Key + 1) * seconds, inputs.End), interval.Last().Value)));
    }
}

internal sealed class SampleByStreamModel : OperatorModel<int>
{
    protected override int Sides => 2;

    protected override Trial<int> Draw(Random random) =>
        new("Sample by a stream", sources => sources[0].Sample(sources[1]), Newest);

    private static IEnumerable<Timed<int>> Newest(TimedInputs inputs)
    {
        int? newest = null;
        foreach (var emit in inputs.Emits)
        {
            if (emit.Side == 0)
            {
                newest = emit.Value;
            }
            else if (newest is { } sampled)
            {
                newest = null;
                yield return new Timed<int>(emit.At, sampled);
            }
        }

        if (newest is { } left)
        {
            yield return new Timed<int>(inputs.End, left);
        }
    }
}
