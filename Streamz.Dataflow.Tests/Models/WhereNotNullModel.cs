namespace Streamz.Dataflow.Tests.Models;

internal sealed class WhereNotNullModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var divisor = random.Next(1, 4);
        return Trial<int>.OfPrefixes(
            $"WhereNotNull of multiples of {divisor}",
            source => source.Map(x => x % divisor == 0 ? (int?)x : null).WhereNotNull(),
            (values, _) => values.Where(x => x % divisor == 0));
    }
}
