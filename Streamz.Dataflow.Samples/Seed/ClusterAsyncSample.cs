using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Seed;

/// <summary>A rate limit between scatter and gather: only references pass it, the values stay on their workers.</summary>
internal sealed class ClusterAsyncSample : ISample
{
    public string Name => "cluster-async";

    public string Usage => SeedCluster.Usage;

    public string Summary => "increments on four threads or N processes of a cluster behind a rate limit, awaited emits";

    public Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments) => SeedCluster.RunAsync(Name, host, arguments, async (program, cluster, increment) =>
    {
        await using var source = new StreamSource<int>(new StreamOptions { TimeProvider = host.Clock });
        source.Scatter(cluster).Map(increment).RateLimit(TimeSpan.FromSeconds(0.5)).Gather().Sink(program.WriteAsync);
        await host.Output.WriteAsync(source.ToText());

        for (var x = 0; x < 10 && !host.Stopping.IsCancellationRequested; x++)
        {
            await source.EmitAsync(x);
            program.Print($"emit {x} admitted");
        }

        await source.CompleteAsync();
        program.Print("drained");
    });
}
