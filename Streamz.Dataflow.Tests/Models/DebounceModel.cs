namespace Streamz.Dataflow.Tests.Models;

internal sealed class DebounceModel : OperatorModel<int>
{
    protected override bool UsesTime => true;

    protected override Trial<int> Draw(Random random)
    {
        var seconds = random.Next(1, 5);
        return new Trial<int>($"Debounce {seconds} s", source => source.Debounce(TimeSpan.FromSeconds(seconds)), inputs => Last(inputs, seconds));
    }

    private static IEnumerable<Timed<int>> Last(TimedInputs inputs, int seconds) =>
        inputs.Emits
            .Zip(inputs.Emits.Skip(1).Select(emit => emit.At).Append(int.MaxValue))
            .Where(pair => pair.First.At + seconds <= pair.Second)
            .Select(pair => new Timed<int>(Math.Min(pair.First.At + seconds, inputs.End), pair.First.Value));
}
