namespace Streamz.Dataflow.Tests.Models;

/// <summary>There and back; functions on workers take real time, which a model of virtual time has not.</summary>
internal sealed class GatherModel : OperatorModel<int>
{
    private readonly LocalCluster _cluster = new(workers: 1);

    [OneTimeTearDown]
    public void EndCluster() => _cluster.Dispose();

    protected override Trial<int> Draw(Random random) =>
        Trial<int>.OfPrefixes("Scatter and Gather", source => source.Scatter(_cluster).Gather(), (values, _) => values);
}
