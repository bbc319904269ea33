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
    private readonly SemaphoreSlim _turn = new(1);
    private readonly int _primaryPort;
    private readonly string _clusterId;

    private LaunchedCluster(IHost host, OrleansLaunchOptions options, int primaryPort, string clusterId)
    {
        _host = host;
        _options = options;
        _primaryPort = primaryPort;
        _clusterId = clusterId;
    }

    public IServiceProvider Services => _host.Services;

    public IReadOnlyList<WorkerProcess> Processes
    {
        get
        {
            lock (_processes)
            {
                return [.. _processes];
            }
        }
    }

    public static async Task<LaunchedCluster> StartAsync(OrleansLaunchOptions options, CancellationToken cancellation)
    {
        var ports = LocalPorts.Free(2);
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
        var launched = new LaunchedCluster(builder.Build(), options, ports[0], clusterId);
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
            members.ProbeTimeout = TimeSpan.FromMilliseconds(350);
            members.NumMissedProbesLimit = 4;
            members.NumVotesForDeathDeclaration = 1;

            // A silo that has stopped would be taken for alive as long as it has answered lately.
            members.EnableConnectionLivenessCheck = false;

            // A silo would be asked for a second opinion that may be gone as well, and without one none is declared dead: on one machine there is nothing to be mistaken about.
            members.EnableIndirectProbes = false;
        });
    }

    /// <summary>
    /// Starts as many processes as are asked for. They get ready beside one another, but join one after the other, since silos that join at once stand in one another's way.
    /// </summary>
    /// <exception cref="ClusterUnavailableException">One has ended, or has not come in time.</exception>
    public async Task StartWorkersAsync(int count, Coordinator coordinator, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var started = Enumerable.Range(0, count).Select(_ => Launch(coordinator)).ToList();
            try
            {
                foreach (var process in started)
                {
                    process.Admit();
                    await WaitForAsync(process, coordinator, cancellation).ConfigureAwait(false);
                }
            }
            catch
            {
                foreach (var process in started.Where(process => LinkTo(process, coordinator) is null))
                {
                    process.Kill();
                }

                throw;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Processes.Select(process => process.DisposeAsync().AsTask())).ConfigureAwait(false);
        using var impatience = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
        try
        {
            await _host.StopAsync(impatience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It is disposed in any case.
        }

        await ((IAsyncDisposable)_host).DisposeAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    private WorkerProcess Launch(Coordinator coordinator)
    {
        var ports = LocalPorts.Free(2);
        var process = WorkerProcess.Start(
            _options.Program,
            new WorkerArguments(_primaryPort, ports[0], ports[1], _clusterId, _options.Threads, string.Create(CultureInfo.InvariantCulture, $"worker {_processes.Count + 1}"), [.. _options.TrustedAssemblies]));
        lock (_processes)
        {
            _processes.Add(process);
        }

        _ = WatchAsync(process, coordinator);
        return process;
    }

    private static WorkerLink? LinkTo(WorkerProcess process, Coordinator coordinator) =>
        coordinator.Links().FirstOrDefault(link => link.Silo.Endpoint.Port == process.SiloPort);

    private async Task WaitForAsync(WorkerProcess process, Coordinator coordinator, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (LinkTo(process, coordinator) is null)
        {
            if (process.Exit.IsCompleted)
            {
                throw new ClusterUnavailableException($"A worker process has ended before it has joined. Does the program hand its arguments to StreamzWorker.RunAsync first? It has written: {process.Errors}");
            }

            if (TimeProvider.System.GetElapsedTime(start) > _options.StartTimeout)
            {
                throw new ClusterUnavailableException($"A worker process has not joined within {_options.StartTimeout}. It has written: {process.Errors}");
            }

            await Task.Delay(s_look, TimeProvider.System, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The end of a process is known long before the engine declares its silo dead.</summary>
    private static async Task WatchAsync(WorkerProcess process, Coordinator coordinator)
    {
        await process.Exit.ConfigureAwait(false);
        if (LinkTo(process, coordinator) is { } link)
        {
            await coordinator.OnLostAsync(link, "its process has ended").ConfigureAwait(false);
        }
    }
}
