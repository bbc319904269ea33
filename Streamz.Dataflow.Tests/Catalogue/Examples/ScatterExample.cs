namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Scatter", Theme.Cluster, "The elements move to the workers of a cluster, are worked on there, and come back in their order.")]
internal sealed class ScatterExample : Example
{
    protected override bool HasWorkers => true;

    protected override void Build()
    {
        var cluster = new LocalCluster(workers: 2);
        var numbers = Input("numbers", (1, 3), (2, 4), (3, 5));

        var squares = numbers.Scatter(cluster).Map(number => number * number).Gather();

        Output(squares);
    }
}
