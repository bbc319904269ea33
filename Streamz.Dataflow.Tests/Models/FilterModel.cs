namespace Streamz.Dataflow.Tests.Models;

internal sealed class FilterModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var divisor = random.Next(1, 4);
        return Trial<int>.OfPrefixes($"Filter multiples of {divisor}", source => source.Filter(x => x % divisor == 0), (values, _) => values.Where(x => x % divisor == 0));
    }
}
