namespace Streamz.Dataflow.Tests.Models;

internal sealed class JoinModel : OperatorModel<(int First, int Second)>
{
    protected override int Sides => 2;

    protected override bool UsesTime => true;

    protected override Trial<(int First, int Second)> Draw(Random random)
    {
        var (within, keys) = (random.Next(1, 7), random.Next(1, 4));
        return new Trial<(int First, int Second)>(
            $"Join within {within} s by value % {keys}",
            sources => sources[0].Join(sources[1], value => value % keys, value => value % keys, TimeSpan.FromSeconds(within)),
            inputs =>
                from later in inputs.Emits.Select((emit, index) => (emit, index))
                from earlier in inputs.Emits.Take(later.index)
                where earlier.Side != later.emit.Side && later.emit.At - earlier.At <= within && earlier.Value % keys == later.emit.Value % keys
                select new Timed<(int First, int Second)>(
                    later.emit.At, later.emit.Side == 0 ? (later.emit.Value, earlier.Value) : (earlier.Value, later.emit.Value)));
    }
}
