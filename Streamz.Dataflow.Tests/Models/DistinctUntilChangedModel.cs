namespace Streamz.Dataflow.Tests.Models;

internal sealed class DistinctUntilChangedModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var keys = random.Next(1, 5);
        return Trial<int>.OfPrefixes(
            $"DistinctUntilChanged by x % {keys}",
            source => source.DistinctUntilChanged(x => x % keys),
            (values, _) => values.Where((x, index) => index == 0 || values[index - 1] % keys != x % keys));
    }
}
