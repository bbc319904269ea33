using System.Net;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Streamz.Dataflow.Orleans.Processes;

namespace Streamz.Dataflow;

/// <summary>The program in its other role: a worker of a cluster.</summary>
public static class StreamzWorker
{
    /// <summary>Whether this process has taken the role of a worker.</summary>
    internal static bool HasBegun { get; private set; }

    /// <summary>Whether a program was started as a worker by <see cref="OrleansCluster.StartAsync"/>, and should do nothing else than <see cref="RunAsync"/>.</summary>
    /// <param name="args">The arguments of the program.</param>
    /// <returns>Whether it was.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="args"/> is null.</exception>
    public static bool IsWorker(IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        return WorkerArguments.AreIn(args);
    }

    /// <summary>
    /// Runs a worker until it is told to end. One that <see cref="OrleansCluster.StartAsync"/> has started joins that cluster, and ends with its standard input. Any
    /// other is a silo that the host's configuration (section <c>Orleans</c>) and <paramref name="configureSilo"/> describe, and ends by SIGTERM or Ctrl-C.
    /// </summary>
    /// <param name="args">The arguments of the program.</param>
    /// <param name="configureWorker">Changes the settings of the worker, for example <see cref="StreamzWorkerOptions.JsonTypes"/>.</param>
    /// <param name="configureSilo">Says how the silos find one another; for a worker of a cluster on this machine not called.</param>
    /// <param name="cancellationToken">Ends the worker.</param>
    /// <returns>A task that completes when the worker has ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="args"/> is null.</exception>
    /// <exception cref="ArgumentException">The arguments are those of a worker, but are not complete.</exception>
    public static Task RunAsync(
        string[] args,
        Action<StreamzWorkerOptions>? configureWorker = null,
        Action<ISiloBuilder>? configureSilo = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        HasBegun = true;
        return WorkerArguments.AreIn(args)
            ? RunChildAsync(WorkerArguments.Parse(args), configureWorker, cancellationToken)
            : RunSiloAsync(args, configureWorker, configureSilo, cancellationToken);
    }

    private static async Task RunSiloAsync(
        string[] args, Action<StreamzWorkerOptions>? configureWorker, Action<ISiloBuilder>? configureSilo, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.UseOrleans(silo =>
        {
            silo.AddStreamzWorker(configureWorker);
            configureSilo?.Invoke(silo);
        });
        await builder.Build().RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task RunChildAsync(WorkerArguments arguments, Action<StreamzWorkerOptions>? configureWorker, CancellationToken cancellationToken)
    {
        // Ctrl-C in a terminal reaches all processes there, and the one that has started this must still drain.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            end.Cancel();
        });
        LoadTrusted(arguments.TrustedAssemblies);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo =>
        {
            LaunchedCluster.ConfigureSilo(silo, arguments.SiloPort, arguments.GatewayPort, new IPEndPoint(IPAddress.Loopback, arguments.PrimaryPort), arguments.ClusterId);
            silo.AddStreamzWorker(worker =>
            {
                worker.Name = arguments.Name;
                worker.Threads = arguments.Threads;
                worker.TrustedAssemblies.Clear();
                worker.TrustedAssemblies.UnionWith(arguments.TrustedAssemblies);
                configureWorker?.Invoke(worker);
            });
        });
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        using var host = builder.Build();
        if (!await IsAdmittedAsync(end.Token).ConfigureAwait(false))
        {
            return;
        }

        await host.StartAsync(end.Token).ConfigureAwait(false);
        await WaitForEndOfInputAsync(end.Token).ConfigureAwait(false);
        using var impatience = new CancellationTokenSource(TimeSpan.FromSeconds(3), TimeProvider.System);
        await host.StopAsync(impatience.Token).ConfigureAwait(false);
    }

    /// <summary>Functions are resolved in assemblies that are loaded; those that were named are, if they can be found.</summary>
    private static void LoadTrusted(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            try
            {
                Assembly.Load(new AssemblyName(name));
            }
            catch (Exception missing) when (missing is FileNotFoundException or FileLoadException or BadImageFormatException)
            {
                // A function of it is refused, which names it.
            }
        }
    }

    /// <summary>Silos join one after the other, but get ready beside one another.</summary>
    private static async Task<bool> IsAdmittedAsync(CancellationToken cancellation)
    {
        try
        {
            // Reading the standard input blocks, whatever its methods are called.
            return await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancellation).ConfigureAwait(false) is not null;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task WaitForEndOfInputAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.Run(Console.In.ReadToEnd, CancellationToken.None).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Told to end otherwise.
        }
    }
}
