using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Streamz.Dataflow.Orleans.Coordination;

namespace Streamz.Dataflow.Orleans.Processes;

/// <summary>A silo in this process, and the processes that join it. Its membership is in memory, so everything ends with this process.</summary>
internal sealed class LaunchedCluster : IAsyncDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    private readonly IHost _host;
    private readonly OrleansLaunchOptions _options;

    private readonly List<WorkerProcess> _processes = [];
    private readonly WorkerArguments[] _workers;

    private LaunchedCluster(IHost host, OrleansLaunchOptions options, WorkerArguments[] workers)
    {
        _host = host;
        _options = options;
        _workers = workers;
    }

    public IServiceProvider Services => _host.Services;

    public IReadOnlyList<WorkerProcess> Processes => _processes;

    public static async Task<LaunchedCluster> StartAsync(OrleansLaunchOptions options, CancellationToken cancellation)
    {
        var ports = LocalPorts.Free(2 + (2 * options.Processes));
        var clusterId = $"streamz-{Guid.NewGuid():N}";
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo =>
        {
            ConfigureSilo(silo, ports[0], ports[1], null, clusterId);
            if (options.Processes == 0)
            {
                silo.AddStreamzWorker(worker =>
                {
                    worker.Threads = options.Threads;
                    worker.JsonTypes = options.Cluster.JsonTypes;
                    worker.TrustedAssemblies.Clear();
                    worker.TrustedAssemblies.UnionWith(options.TrustedAssemblies);
                });
            }
        });
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        options.ConfigureHost?.Invoke(builder);
        var workers = Enumerable.Range(0, options.Processes).Select(i => new WorkerArguments(
            ports[0], ports[2 + (2 * i)], ports[3 + (2 * i)], clusterId, options.Threads, string.Create(CultureInfo.InvariantCulture, $"worker {i + 1}"), [.. options.TrustedAssemblies]));
        var launched = new LaunchedCluster(builder.Build(), options, [.. workers]);
        try
        {
            await launched._host.StartAsync(cancellation).ConfigureAwait(false);
            return launched;
        }
        catch
        {
            await launched.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What all silos of a cluster on this machine have in common.</summary>
    public static void ConfigureSilo(ISiloBuilder silo, int siloPort, int gatewayPort, IPEndPoint? primary, string clusterId)
    {
        silo.UseLocalhostClustering(siloPort, gatewayPort, primary, clusterId, clusterId);
        silo.Configure<ClusterMembershipOptions>(members =>
        {
            members.ProbeTimeout = TimeSpan.FromSeconds(1);
            members.NumMissedProbesLimit = 2;
            members.NumVotesForDeathDeclaration = 1;

            // A silo that has stopped would be taken for alive as long as it has answered lately.
            members.EnableConnectionLivenessCheck = false;
        });
    }

    /// <summary>Starts the processes, and waits until all workers are there: one after the other, since silos that join at once stand in one another's way.</summary>
    /// <exception cref="ClusterUnavailableException">One has ended, or has not come in time.</exception>
    public async Task StartWorkersAsync(Coordinator coordinator, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        foreach (var arguments in _workers)
        {
            var process = WorkerProcess.Start(_options.Program, arguments);
            _processes.Add(process);
            _ = WatchAsync(process, coordinator);
            while (!coordinator.Links().Any(link => link.Silo.Endpoint.Port == process.SiloPort))
            {
                if (process.Exit.IsCompleted)
                {
                    throw new ClusterUnavailableException($"A worker process has ended before it has joined. Does the program hand its arguments to StreamzWorker.RunAsync first? It has written: {process.Errors}");
                }

                if (TimeProvider.System.GetElapsedTime(start) > _options.StartTimeout)
                {
                    throw new ClusterUnavailableException($"Of {_workers.Length} workers {coordinator.Links().Count} have come within {_options.StartTimeout}.");
                }

                await Task.Delay(s_look, TimeProvider.System, cancellation).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Processes.Select(process => process.DisposeAsync().AsTask())).ConfigureAwait(false);
        using var impatience = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
        await _host.StopAsync(impatience.Token).ConfigureAwait(false);
        await ((IAsyncDisposable)_host).DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The end of a process is known long before the engine declares its silo dead.</summary>
    private static async Task WatchAsync(WorkerProcess process, Coordinator coordinator)
    {
        await process.Exit.ConfigureAwait(false);
        foreach (var link in coordinator.Links().Where(link => link.Silo.Endpoint.Port == process.SiloPort))
        {
            await coordinator.OnLostAsync(link, "its process has ended").ConfigureAwait(false);
        }
    }
}
