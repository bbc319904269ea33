namespace Streamz.Dataflow.Tests.Models;

internal sealed class ThrottleModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var seconds = random.Next(1, 10);
        return new Trial<int>($"Throttle {seconds} s", source => source.Throttle(TimeSpan.FromSeconds(seconds)), inputs => First(inputs, seconds));
    }

    private static IEnumerable<Timed<int>> First(TimedInputs inputs, int seconds)
    {
        var next = 0;
        foreach (var emit in inputs.Emits.Where(emit => emit.At >= next))
        {
            next = emit.At + seconds;
            yield return new Timed<int>(emit.At, emit.Value);
        }
    }
}
