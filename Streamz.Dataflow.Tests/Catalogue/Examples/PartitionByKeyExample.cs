namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "Partition",
    Theme.Batches,
    "Words are collected by their first letter. A partition goes on when it has three words, or two seconds after its first one.",
    Order = 2,
    Heading = "By key, with a timeout")]
internal sealed class PartitionByKeyExample : Example
{
    protected override void Build()
    {
        var words = Input("words", (1, "ape"), (2, "bee"), (2.5, "ant"), (4, "bat"), (4.5, "boa"), (5, "bug"), (6, "asp"));

        var batches = words.Partition(3, word => word[0], timeout: TimeSpan.FromSeconds(2));

        Output(batches);
    }
}
