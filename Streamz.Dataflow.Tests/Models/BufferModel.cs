namespace Streamz.Dataflow.Tests.Models;

internal sealed class BufferModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var n = random.Next(1, 5);
        return Trial<int>.OfPrefixes($"Buffer {n}", source => source.Buffer(n), (values, _) => values);
    }
}
