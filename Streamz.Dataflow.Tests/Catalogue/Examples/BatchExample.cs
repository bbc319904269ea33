namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Batch", Theme.Batches, "A batch goes on when it has three orders, or two seconds after its first one.")]
internal sealed class BatchExample : Example
{
    protected override void Build()
    {
        var orders = Input("orders", (1, "a"), (1.5, "b"), (2, "c"), (3, "d"), (6, "e"));

        var batches = orders.Batch(3, maxAge: TimeSpan.FromSeconds(2));

        Output(batches);
    }
}
