using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>Starts clusters for tests, whose functions are in this assembly.</summary>
internal static class Clusters
{
    public static readonly string Trusted = typeof(Clusters).Assembly.GetName().Name!;

    /// <summary>The program that a worker is: with what the tests have beside it, so that it finds their assembly.</summary>
    public static IReadOnlyList<string> WorkerProgram(params string[] arguments) =>
    [
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
        "exec",
        "--runtimeconfig", Path.Combine(AppContext.BaseDirectory, "Streamz.Dataflow.Tests.runtimeconfig.json"),
        "--depsfile", Path.Combine(AppContext.BaseDirectory, "Streamz.Dataflow.Tests.deps.json"),
        Path.Combine(AppContext.BaseDirectory, "ClusterWorker.dll"),
        .. arguments,
    ];

    /// <summary>A worker in this process.</summary>
    public static Task<OrleansCluster> StartAsync(Action<OrleansLaunchOptions>? configure = null) => OrleansCluster.StartAsync(options =>
    {
        options.ThreadsPerWorker = 2;
        options.TrustedAssemblies.Add(Trusted);
        options.Program = WorkerProgram();
        configure?.Invoke(options);
    });

    /// <summary>Waits until no worker has a value any more.</summary>
    public static async Task EmptyAsync(this OrleansCluster cluster, [CallerMemberName] string test = "")
    {
        for (var attempt = 0; attempt < 2_000; attempt++)
        {
            if (cluster.GetSnapshot().Workers.All(worker => worker is { Values: 0, Bytes: 0, Queued: 0, Running: 0 }))
            {
                return;
            }

            await Task.Delay(10);
        }

        Assert.Fail($"{test}: workers still have values: {string.Join("; ", cluster.GetSnapshot().Workers)}");
    }
}
