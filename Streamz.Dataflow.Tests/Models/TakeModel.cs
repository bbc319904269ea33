namespace Streamz.Dataflow.Tests.Models;

internal sealed class TakeModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var count = random.Next(1, 8);
        return Trial<int>.OfPrefixes($"Take {count}", source => source.Take(count), (values, _) => values.Take(count));
    }
}
