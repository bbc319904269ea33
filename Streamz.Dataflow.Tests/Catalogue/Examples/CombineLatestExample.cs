namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("CombineLatest", Theme.Joins, "Whenever a price or the rate changes, both newest values go on, once there is one of each.")]
internal sealed class CombineLatestExample : Example
{
    protected override void Build()
    {
        var prices = Input("prices", (1, 10), (3, 12), (5, 11));
        var rates = Input("rates", (2, 1.5), (4, 1.4));

        var current = prices.CombineLatest(rates);

        Output(current);
    }
}
