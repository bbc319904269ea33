namespace Streamz.Dataflow.Tests.Models;

/// <summary>Workers without state are as one; in order when asked for.</summary>
internal sealed class BalanceModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var (workers, limit) = (random.Next(1, 4), random.Next(1, 8));
        return Trial<int>.OfPrefixes(
            $"Balance over {workers}, items below {limit}",
            source => source.Balance(workers, worker => worker.Flatten(value => Enumerable.Range(0, value)).Filter(item => item < limit), ordered: true),
            (values, _) => values.SelectMany(value => Enumerable.Range(0, value)).Where(item => item < limit));
    }
}
