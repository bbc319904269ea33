namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Partition", Theme.Batches, "Readings are written three at a time. What is left when the input ends goes on as it is.")]
internal sealed class PartitionExample : Example
{
    protected override void Build()
    {
        var readings = Input("readings", (1, 3), (2, 1), (3, 4), (4, 1), (5, 5));

        var triples = readings.Partition(3);

        Output(triples);
    }
}
