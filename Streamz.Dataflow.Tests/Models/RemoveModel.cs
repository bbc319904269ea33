namespace Streamz.Dataflow.Tests.Models;

internal sealed class RemoveModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var divisor = random.Next(1, 4);
        return Trial<int>.OfPrefixes($"Remove multiples of {divisor}", source => source.Remove(x => x % divisor == 0), (values, _) => values.Where(x => x % divisor != 0));
    }
}
