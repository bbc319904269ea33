namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Cluster", Theme.Cluster, "Between Scatter and Gather the operators run on the workers. Only eight elements are on their way at once.", Summary = "What can be done with elements while they are on a cluster.")]
internal sealed class ClusterExample : Example
{
    protected override bool HasWorkers => true;

    protected override void Build()
    {
        var cluster = new LocalCluster(workers: 2);
        var numbers = Input("numbers", (1, 3), (2, 4), (3, 5));

        var squares = numbers.Scatter(cluster).Map(number => number * number).Buffer(8).Gather();

        Output(squares);
    }
}
