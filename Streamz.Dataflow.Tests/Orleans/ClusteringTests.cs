using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Streamz.Dataflow.Orleans.Processes;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>A cluster whose members find one another by a real server: workers in processes of their own, and a client that is no silo.</summary>
[CancelAfter(180_000)]
[NonParallelizable]
[Platform("Linux")]
internal abstract class ClusteringTests
{
    private const int Count = 600;

    /// <summary>The server, as the programs of the tests and Orleans's configuration name it.</summary>
    protected abstract string Provider { get; }

    /// <summary>What the configuration says of the provider, besides its name and the address.</summary>
    protected virtual IEnumerable<string> Settings => [];

    [Test]
    public async Task Cluster_WorkerIsKilledAndAnotherJoins_EveryResultComesOnceAndInOrder()
    {
        using var scratch = new ScratchDirectory();
        using var server = await StartServerAsync(scratch);
        var name = $"streamz-{Guid.NewGuid():N}";
        using var first = Worker(server.Address, name);
        using var host = Client(server.Address, name);
        await host.StartAsync();
        await using var cluster = OrleansCluster.Connect(host.Services);
        await ReachAsync(cluster, 1);
        using var second = ConfiguredWorker(server.Address, name);
        await ReachAsync(cluster, 2);

        await using var source = new StreamSource<int>();
        var gathered = source.Scatter(cluster).Map(x => Slowly(x)).Buffer(20).Gather();
        var gaps = new ResultGaps();
        gathered.Sink(_ => gaps.Note());
        var results = gathered.SinkToList();
        await source.EmitAllAsync(Enumerable.Range(0, Count / 3));
        first.Process.Kill();
        await source.EmitAllAsync(Enumerable.Range(Count / 3, Count / 3));
        var gap = gaps.Longest;
        using var third = Worker(server.Address, name);
        await ReachAsync(cluster, 2);
        await source.EmitAllAsync(Enumerable.Range(2 * Count / 3, Count / 3));
        await source.CompleteAsync();

        TestContext.Out.WriteLine($"The longest gap between two results, with a worker killed: {gap.TotalSeconds:0.00} s.");
        Assert.That(results, Is.EqualTo(Enumerable.Range(1, Count)));
        await host.StopAsync();
    }

    /// <summary>Starts a server that serves nobody else; ignores the test if there is none.</summary>
    protected abstract Task<Server> StartServerAsync(ScratchDirectory scratch);

    /// <summary>Tells a client where its cluster is.</summary>
    protected abstract void UseServer(IClientBuilder client, string address);

    protected static async Task ListeningAsync(int port)
    {
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20);
            }
        }
    }

    private IHost Client(string address, string name)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(client =>
        {
            UseServer(client, address);
            client
                .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (name, name))
                .UseConnectionRetryFilter(async (_, cancellation) =>
                {
                    await Task.Delay(100, cancellation);
                    return true;
                });
        });
        return builder.Build();
    }

    private Running Worker(string address, string name)
    {
        var ports = LocalPorts.Free(2);
        return new Running(Clusters.WorkerProgram(Provider, address, name, $"{ports[0]}", $"{ports[1]}", Clusters.Trusted));
    }

    /// <summary>As <see cref="Worker"/>, but by Orleans's section of the configuration.</summary>
    private Running ConfiguredWorker(string address, string name)
    {
        var ports = LocalPorts.Free(2);
        return new Running(Clusters.WorkerProgram(
        [
            "configured", Clusters.Trusted,
            "--Orleans:ClusterId", name,
            "--Orleans:ServiceId", name,
            "--Orleans:Clustering:ProviderType", Provider,
            "--Orleans:Clustering:ConnectionString", address,
            .. Settings,
            "--Orleans:Endpoints:AdvertisedIPAddress", "127.0.0.1",
            "--Orleans:Endpoints:SiloPort", $"{ports[0]}",
            "--Orleans:Endpoints:GatewayPort", $"{ports[1]}",
        ]));
    }

    private static async Task ReachAsync(OrleansCluster cluster, int workers)
    {
        while (cluster.Workers != workers)
        {
            await Task.Delay(20);
        }
    }

    private static int Slowly(int x)
    {
        Thread.Sleep(1);
        return x + 1;
    }

    /// <summary>A server of the test, and where it is.</summary>
    protected sealed class Server(Process process, string address, Action? stop = null) : IDisposable
    {
        private readonly Running _running = new(process);

        public string Address => address;

        public void Dispose()
        {
            stop?.Invoke();
            _running.Dispose();
        }
    }

    /// <summary>A process that ends with the test, whatever happens there.</summary>
    private sealed class Running : IDisposable
    {
        public Running(IReadOnlyList<string> program)
            : this(Start(program[0], program.Skip(1)))
        {
        }

        public Running(Process process)
        {
            Process = process;
            process.OutputDataReceived += static (_, _) => { };
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        public Process Process { get; }

        public void Dispose()
        {
            Process.Kill();
            Process.WaitForExit();
            Process.Dispose();
        }
    }

    protected static Process Start(string program, IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
