namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Split", Theme.Branches, "Large orders go one way, the others another.")]
internal sealed class SplitExample : Example
{
    protected override void Build()
    {
        var orders = Input("orders", (1, 30), (2, 250), (3, 80), (4, 120));

        var (large, small) = orders.Split(order => order > 100);

        Output(large);
        Output(small);
    }
}
