namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Gather", Theme.Cluster, "Results come back from the workers in the order of their elements, however long each took.")]
internal sealed class GatherExample : Example
{
    protected override bool HasWorkers => true;

    protected override void Build()
    {
        var cluster = new LocalCluster(workers: 2);
        var numbers = Input("numbers", (1, 2), (1, 1), (2, 7));

        var tens = numbers.Scatter(cluster).Map(number => number * 10).Gather();

        Output(tens);
    }
}
