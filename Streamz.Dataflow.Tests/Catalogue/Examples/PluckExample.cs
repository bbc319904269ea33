namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Pluck", Theme.Elements, "The price is taken out of each order.")]
internal sealed class PluckExample : Example
{
    protected override void Build()
    {
        var orders = Input<(string Item, int Price)>("orders", (1, ("tea", 3)), (2, ("desk", 90)), (3, ("lamp", 40)));

        var prices = orders.Pluck(order => order.Price);

        Output(prices);
    }
}
