namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("StarMap", Theme.Elements, "The items of each tuple are the arguments of the delegate.")]
internal sealed class StarMapExample : Example
{
    protected override void Build()
    {
        var orders = Input<(string Item, int Price, int Count)>("orders", (1, ("tea", 3, 2)), (2, ("milk", 1, 6)));

        var totals = orders.StarMap((item, price, count) => $"{item}: {price * count}");

        Output(totals);
    }
}
