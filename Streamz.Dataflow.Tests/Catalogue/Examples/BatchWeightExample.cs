namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "Batch",
    Theme.Batches,
    "The numbers are the sizes of messages. No batch is larger than 100 together, unless a single message is.",
    Order = 2, Heading = "By weight")]
internal sealed class BatchWeightExample : Example
{
    protected override void Build()
    {
        var sizes = Input("sizes", (1, 60), (2, 30), (3, 50), (4, 120), (5, 10));

        var batches = sizes.Batch(10, maxWeight: 100, weight: size => size);

        Output(batches);
    }
}
