namespace Streamz.Dataflow.Tests.Models;

internal sealed class MapModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random) =>
        Trial<int>.OfPrefixes("Map", source => source.Map(x => x * 2), (values, _) => values.Select(x => x * 2));
}
