namespace Streamz.Dataflow.Tests.Models;

internal sealed class LinqModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var limit = random.Next(1, Values);
        return Trial<int>.OfPrefixes(
            $"query with limit {limit}",
            source => from x in source where x < limit from y in Enumerable.Range(0, x) select x + y,
            (values, _) => from x in values where x < limit from y in Enumerable.Range(0, x) select x + y);
    }
}
