using Microsoft.Extensions.Hosting;

namespace Streamz.Dataflow;

/// <summary>The settings of a cluster that <see cref="OrleansCluster.StartAsync"/> starts on this machine.</summary>
public sealed class OrleansLaunchOptions
{
    /// <summary>
    /// How many further processes are started as workers. Each is this program started again, whose <c>Main</c> must hand its arguments to
    /// <see cref="StreamzWorker.RunAsync"/> first, or <see cref="Program"/>.
    /// </summary>
    /// <value>The default is 0: the worker is in this process.</value>
    public int Processes { get; set; }

    /// <summary>How many functions each worker runs at once.</summary>
    /// <value>The default is null: as many as there are processors, shared among the processes.</value>
    public int? ThreadsPerWorker { get; set; }

    /// <summary>The simple names of the assemblies whose functions the workers run.</summary>
    /// <value>The default is the assembly of the program.</value>
    public ISet<string> TrustedAssemblies { get; } = StreamzWorkerOptions.DefaultTrust();

    /// <summary>The program that is started as a worker, with the arguments that come in front of those of the worker.</summary>
    /// <value>The default is null: this program.</value>
    public IReadOnlyList<string>? Program { get; set; }

    /// <summary>How long to wait for each worker to join.</summary>
    /// <value>The default is a minute.</value>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Changes the host of the silo in this process: logging, a dashboard of the engine.</summary>
    /// <value>The default is null: nothing is logged.</value>
    public Action<HostApplicationBuilder>? ConfigureHost { get; set; }

    /// <summary>The settings for this program as the one that builds pipelines.</summary>
    public OrleansClusterOptions Cluster { get; } = new();

    /// <summary>How many threads a worker gets.</summary>
    internal int Threads => ThreadsPerWorker ?? Math.Max(1, Environment.ProcessorCount / Math.Max(1, Processes));

    /// <summary>What is wrong with the settings.</summary>
    internal IEnumerable<string> Faults()
    {
        if (Processes < 0)
        {
            yield return $"OrleansLaunchOptions.Processes is {Processes}; it must be zero or more.";
        }

        if (ThreadsPerWorker is < 1)
        {
            yield return $"OrleansLaunchOptions.ThreadsPerWorker is {ThreadsPerWorker}; it must be one or more.";
        }

        if (StartTimeout <= TimeSpan.Zero)
        {
            yield return $"OrleansLaunchOptions.StartTimeout is {StartTimeout}; it must be more than zero.";
        }

        if (Program is { Count: 0 })
        {
            yield return "OrleansLaunchOptions.Program is empty; name the file to start.";
        }

        if (TrustedAssemblies.Count == 0)
        {
            yield return "OrleansLaunchOptions.TrustedAssemblies is empty, so that workers could run nothing. Name the assemblies whose functions they may run.";
        }

        foreach (var fault in Cluster.Faults())
        {
            yield return fault;
        }
    }
}
