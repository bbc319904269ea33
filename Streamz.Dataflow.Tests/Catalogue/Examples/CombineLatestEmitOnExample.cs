namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "CombineLatest",
    Theme.Joins,
    "Only a new price makes an output; the rate is remembered.",
    Order = 2, Heading = "On elements of one stream")]
internal sealed class CombineLatestEmitOnExample : Example
{
    protected override void Build()
    {
        var prices = Input("prices", (1, 10), (3, 12), (5, 11));
        var rates = Input("rates", (2, 1.5), (4, 1.4));

        var current = prices.CombineLatest(rates, emitOn: [prices]);

        Output(current);
    }
}
