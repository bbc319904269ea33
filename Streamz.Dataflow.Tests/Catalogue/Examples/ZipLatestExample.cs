namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("ZipLatest", Theme.Joins, "Every order goes on with the newest rate. Orders that come before the first rate wait for it.")]
internal sealed class ZipLatestExample : Example
{
    protected override void Build()
    {
        var orders = Input("orders", (1, "a"), (2, "b"), (4, "c"), (6, "d"));
        var rates = Input("rates", (3, 1.5), (4.5, 1.4), (5, 1.3));

        var priced = orders.ZipLatest(rates);

        Output(priced);
    }
}
