namespace Streamz.Dataflow.Tests.Models;

internal sealed class MaterializeModel : OperatorModel<string>
{
    protected override Trial<string> Draw(Random random)
    {
        var failing = random.Next(0, 2 * Values);
        return new Trial<string>(
            $"Materialize behind a map that fails for {failing}",
            source => source
                .Map(x => x != failing ? x : throw new InvalidOperationException("thrown by the model"), options: new NodeOptions { Name = "picky" })
                .Materialize().Map(notification => notification.ToString()),
            inputs => Notifications(inputs, failing))
        {
            Fails = inputs => inputs.Emits.Any(emit => emit.Value == failing),
        };
    }

    private static IEnumerable<Timed<string>> Notifications(TimedInputs inputs, int failing)
    {
        foreach (var emit in inputs.Emits)
        {
            if (emit.Value == failing)
            {
                yield return new Timed<string>(emit.At, "failed: Node 'picky' failed: thrown by the model");
                yield break;
            }

            yield return new Timed<string>(emit.At, $"{emit.Value}");
        }

        yield return new Timed<string>(inputs.End, "completed");
    }
}
