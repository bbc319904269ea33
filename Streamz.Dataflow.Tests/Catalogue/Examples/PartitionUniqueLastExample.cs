namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "PartitionUnique",
    Theme.Batches,
    "Of the orders of one customer only the last counts, at its own position.",
    Order = 2, Heading = "By key, the last")]
internal sealed class PartitionUniqueLastExample : Example
{
    protected override void Build()
    {
        var orders = Input("orders", (1, "ann 1"), (2, "bob 1"), (3, "ann 2"), (4, "cid 1"));

        var latest = orders.PartitionUnique(3, order => order.Split(' ')[0], KeptDuplicate.Last);

        Output(latest);
    }
}
