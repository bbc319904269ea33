namespace Streamz.Dataflow.Tests.Models;

internal sealed class SkipWhileModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var limit = random.Next(0, 10);
        return Trial<int>.OfPrefixes($"SkipWhile below {limit}", source => source.SkipWhile(x => x < limit), (values, _) => values.SkipWhile(x => x < limit));
    }
}
