namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("PartitionUnique", Theme.Batches, "Three different numbers make a partition. Of equal ones the first is kept.")]
internal sealed class PartitionUniqueExample : Example
{
    protected override void Build()
    {
        var numbers = Input("numbers", (1, 1), (2, 2), (3, 1), (4, 3), (5, 3), (6, 1));

        var partitions = numbers.PartitionUnique(3);

        Output(partitions);
    }
}
