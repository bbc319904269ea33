namespace Streamz.Dataflow.Samples.Running;

/// <summary>Starts a cluster whose workers run the functions of the samples.</summary>
internal static class SampleCluster
{
    public const int MaxWorkers = 16;

    /// <param name="workers">How many worker processes; with none, this process is the worker.</param>
    /// <param name="stopping">Stops the waiting for them.</param>
    /// <exception cref="ClusterUnavailableException">A worker has ended, or has not come in time.</exception>
    public static Task<OrleansCluster> StartAsync(int workers, CancellationToken stopping) => OrleansCluster.StartAsync(
        launch =>
        {
            launch.Processes = workers;

            // By default the program is trusted, which under a test runner is another one.
            launch.TrustedAssemblies.Add(typeof(SampleCluster).Assembly.GetName().Name!);
        },
        stopping);
}
