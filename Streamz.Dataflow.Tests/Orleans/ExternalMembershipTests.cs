using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Streamz.Dataflow.Orleans.Processes;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>A cluster whose members find one another by a real server: workers in processes of their own, and a client that is no silo.</summary>
internal abstract class ExternalMembershipTests
{
    /// <summary>What tells the program of the worker which server it is.</summary>
    protected abstract string Kind { get; }

    [Test]
    [CancelAfter(180_000)]
    [Platform("Linux")]
    public async Task Membership_WorkerIsKilledAndAnotherJoins_EveryResultComesOnceAndInOrder(CancellationToken cancellation)
    {
        var port = LocalPorts.Free(1)[0];
        using var server = await StartServerAsync(port, cancellation);
        var name = $"streamz-{Guid.NewGuid():N}";
        using var first = Worker(port, name);
        using var host = Client(port, name);
        await host.StartAsync(cancellation);
        await using var cluster = OrleansCluster.Connect(host.Services);
        await ReachAsync(cluster, 1, cancellation);
        using var second = ConfiguredWorker(port, name);
        await ReachAsync(cluster, 2, cancellation);

        await using var source = new StreamSource<int>();
        var gaps = new ResultGaps();
        var results = source.Scatter(cluster).Map(x => Slowly(x)).Buffer(20).Gather().Tap(_ => gaps.Note()).SinkToList();
        await source.EmitAllAsync(Enumerable.Range(0, 200), cancellation);
        first.End();
        await source.EmitAllAsync(Enumerable.Range(200, 200), cancellation);

        // The third worker is waited for below: until then nothing is emitted, which is no pause of the cluster's.
        while (results.Count < 400)
        {
            await Task.Delay(20, cancellation);
        }

        TestContext.Out.WriteLine($"A worker was killed: the longest gap between two results is {gaps.Longest.TotalSeconds:0.00} s.");
        await ReachAsync(cluster, 1, cancellation);
        using var third = Worker(port, name);
        await ReachAsync(cluster, 2, cancellation);
        await source.EmitAllAsync(Enumerable.Range(400, 200), cancellation);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(Enumerable.Range(1, 600)));
        await host.StopAsync(cancellation);
    }

    /// <summary>Starts a server that ends with the test, or passes over the test where there is none.</summary>
    protected abstract Task<ChildProcess> StartServerAsync(int port, CancellationToken cancellation);

    /// <summary>How members are told where the server is.</summary>
    protected abstract string AddressOf(int port);

    protected abstract void Join(IClientBuilder client, string address);

    /// <summary>The section of Orleans's configuration by which a silo finds the others.</summary>
    protected abstract IEnumerable<(string Key, string Value)> Clustering(string address);

    protected static async Task ListeningAsync(ChildProcess server, int port, CancellationToken cancellation) => await server.ReadyAsync<SocketException>(
        async () =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port, cancellation);
        },
        cancellation);

    private IHost Client(int port, string name)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(client =>
        {
            Join(client, AddressOf(port));
            client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (name, name));
            client.UseConnectionRetryFilter(async (_, cancellation) =>
            {
                await Task.Delay(100, cancellation);
                return true;
            });
        });
        return builder.Build();
    }

    private ChildProcess Worker(int port, string name)
    {
        var ports = LocalPorts.Free(2);
        return ChildProcess.Start(Clusters.WorkerProgram(Kind, AddressOf(port), name, $"{ports[0]}", $"{ports[1]}", Clusters.Trusted));
    }

    /// <summary>As <see cref="Worker"/>, but it finds the others by Orleans's section of the configuration alone.</summary>
    private ChildProcess ConfiguredWorker(int port, string name)
    {
        var ports = LocalPorts.Free(2);
        return ChildProcess.Start(Clusters.WorkerProgram(
        [
            "configured", Clusters.Trusted,
            "--Orleans:ClusterId", name,
            "--Orleans:ServiceId", name,
            .. Clustering(AddressOf(port)).SelectMany(setting => new[] { $"--Orleans:Clustering:{setting.Key}", setting.Value }),
            "--Orleans:Endpoints:AdvertisedIPAddress", "127.0.0.1",
            "--Orleans:Endpoints:SiloPort", $"{ports[0]}",
            "--Orleans:Endpoints:GatewayPort", $"{ports[1]}",
        ]));
    }

    private static async Task ReachAsync(OrleansCluster cluster, int workers, CancellationToken cancellation)
    {
        while (cluster.Workers != workers)
        {
            await Task.Delay(20, cancellation);
        }
    }

    private static int Slowly(int x)
    {
        Thread.Sleep(1);
        return x + 1;
    }
}
