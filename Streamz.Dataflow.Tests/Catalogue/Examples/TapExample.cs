namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Tap", Theme.Elements, "The log sees each element, which goes on as it is.")]
internal sealed class TapExample : Example
{
    protected override void Build()
    {
        var orders = Input("orders", (1, 30), (2, 250), (3, 80));
        var log = Writer<string>("log");

        var seen = orders.Tap(order => log($"order of {order}"));

        Output(seen);
    }
}
