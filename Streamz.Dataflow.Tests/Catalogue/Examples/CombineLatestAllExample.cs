namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("CombineLatestAll", Theme.Joins, "The newest reading of each sensor, as a list, whenever one of them changes.")]
internal sealed class CombineLatestAllExample : Example
{
    protected override void Build()
    {
        var north = Input("north", (1, 10), (4, 11));
        var south = Input("south", (2, 20), (5, 21));
        var west = Input("west", (3, 30));

        var readings = new[] { north, south, west }.CombineLatestAll();

        Output(readings);
    }
}
