namespace Streamz.Dataflow.Tests.Models;

internal sealed class SkipModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var count = random.Next(0, 8);
        return Trial<int>.OfPrefixes($"Skip {count}", source => source.Skip(count), (values, _) => values.Skip(count));
    }
}
