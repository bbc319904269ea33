namespace Streamz.Dataflow.Dashboard.Watching;

/// <summary>The clusters that the dashboard shows. They are asked whenever somebody looks.</summary>
/// <param name="clusters">The clusters; those that do not tell are left out.</param>
internal sealed class WatchedClusters(IEnumerable<ICluster> clusters)
{
    private readonly List<ICluster> _clusters = [.. clusters.Distinct()];

    /// <summary>What the clusters have and do now.</summary>
    public IReadOnlyList<ClusterSnapshot> Read() => [.. _clusters.Select(cluster => cluster.GetSnapshot()).OfType<ClusterSnapshot>()];
}
