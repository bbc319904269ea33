namespace Streamz.Dataflow.Tests.Models;

internal sealed class PrependModel : OperatorModel<int>
{
    // What comes first does so at the start, before the clock moves.
    protected override bool UsesTime => true;

    protected override Trial<int> Draw(Random random)
    {
        var first = Enumerable.Range(100, random.Next(0, 4)).ToArray();
        return new Trial<int>(
            $"Prepend {first.Length}",
            source => source.Prepend(first),
            inputs => [.. first.Select(value => new Timed<int>(0, value)), .. inputs.Of(0)]);
    }
}
