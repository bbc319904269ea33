namespace Streamz.Dataflow.Tests.Models;

internal sealed class TakeWhileModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var limit = random.Next(1, Values + 1);
        return Trial<int>.OfPrefixes($"TakeWhile < {limit}", source => source.TakeWhile(x => x < limit), (values, _) => values.TakeWhile(x => x < limit));
    }
}
