namespace Streamz.Dataflow.Tests.Models;

internal sealed class TimeoutModel : OperatorModel<int>
{
    protected override bool UsesTime => true;

    protected override Trial<int> Draw(Random random)
    {
        var seconds = random.Next(1, 8);
        return new Trial<int>($"Timeout {seconds} s", source => source.Timeout(TimeSpan.FromSeconds(seconds)), inputs => Until(inputs, seconds))
        {
            Fails = inputs => Until(inputs, seconds).Select(output => output.At).Append(0).Max() + seconds <= EndOfSilence(inputs, seconds),
        };
    }

    private static List<Timed<int>> Until(TimedInputs inputs, int seconds)
    {
        List<Timed<int>> outputs = [];
        var last = 0;
        foreach (var emit in inputs.Emits.TakeWhile(emit => emit.At < last + seconds))
        {
            last = emit.At;
            outputs.Add(new Timed<int>(emit.At, emit.Value));
        }

        return outputs;
    }

    /// <summary>When the silence ends that follows the last output: by an emit that is too late, or by the end.</summary>
    private static double EndOfSilence(TimedInputs inputs, int seconds)
    {
        var outputs = Until(inputs, seconds);
        return outputs.Count < inputs.Emits.Count ? inputs.Emits[outputs.Count].At : inputs.End;
    }
}
