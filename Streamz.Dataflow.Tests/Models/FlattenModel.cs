namespace Streamz.Dataflow.Tests.Models;

internal sealed class FlattenModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random) =>
        Trial<int>.OfPrefixes(
            "Flatten",
            source => source.Flatten(x => Enumerable.Range(0, x)),
            (values, _) => values.SelectMany(x => Enumerable.Range(0, x)));
}
