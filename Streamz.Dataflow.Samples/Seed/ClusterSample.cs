using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Seed;

/// <summary>Work that runs on the workers of a cluster; five results may be outstanding, and come back in order.</summary>
internal sealed class ClusterSample : ISample
{
    public string Name => "cluster";

    public string Usage => SeedCluster.Usage;

    public string Summary => "increments on four threads or N processes of a cluster, five results outstanding, blocking emits";

    public Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments) => SeedCluster.RunAsync(Name, host, arguments, async (program, cluster, increment) =>
    {
        await using var source = new StreamSource<int>(new StreamOptions { TimeProvider = host.Clock });
        source.Scatter(cluster).Map(increment).Buffer(5).Gather().Sink(program.WriteAsync);
        await host.Output.WriteAsync(source.ToText());

        for (var x = 0; x < 10 && !host.Stopping.IsCancellationRequested; x++)
        {
            source.Emit(x);
            program.Print($"emit {x} admitted");
        }

        await source.CompleteAsync();
        program.Print("drained");
    });
}
