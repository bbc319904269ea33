namespace Streamz.Dataflow.Tests.Models;

internal sealed class PluckModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var index = random.Next(0, 3);
        return Trial<int>.OfPrefixes(
            $"Pluck {index} of the first numbers from x",
            source => source.Map(x => Enumerable.Range(x, x).ToArray()).Filter(list => list.Length > 2).Pluck(index),
            (values, _) => values.Where(x => x > 2).Select(x => x + index));
    }
}
