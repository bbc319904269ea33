using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using StackExchange.Redis;
using Streamz.Dataflow.Orleans.Processes;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>A cluster whose members find one another by a real Redis: workers in processes of their own, and a client that is no silo.</summary>
[CancelAfter(180_000)]
[NonParallelizable]
[Platform("Linux")]
public sealed class RedisTests
{
    private const string Server = "/usr/bin/redis-server";

    [Test]
    public async Task Redis_WorkerIsKilledAndAnotherJoins_EveryResultComesOnceAndInOrder()
    {
        if (!File.Exists(Server))
        {
            Assert.Ignore("There is no redis-server here; on Debian the build installs it as root.");
        }

        using var scratch = new ScratchDirectory();
        var port = LocalPorts.Free(1)[0];
        var name = $"streamz-{Guid.NewGuid():N}";
        using var redis = Child(Server, ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", scratch.PathTo("")]);
        await ListeningAsync(port);
        using var first = Worker(port, name);
        using var host = Client(port, name);
        await host.StartAsync();
        await using var cluster = OrleansCluster.Connect(host.Services);
        await ReachAsync(cluster, 1);
        using var second = ConfiguredWorker(port, name);
        await ReachAsync(cluster, 2);

        await using var source = new StreamSource<int>();
        var results = source.Scatter(cluster).Map(x => Slowly(x)).Buffer(20).Gather().SinkToList();
        for (var x = 0; x < 600; x++)
        {
            if (x == 200)
            {
                first.Process.Kill();
            }

            await source.EmitAsync(x);
            if (x == 400)
            {
                using var third = Worker(port, name);
                await ReachAsync(cluster, 2);
                await source.EmitAllAsync(Enumerable.Range(401, 199));
                break;
            }
        }

        await source.CompleteAsync();
        Assert.That(results, Is.EqualTo(Enumerable.Range(1, 600)));
        await host.StopAsync();
    }

    private static IHost Client(int port, string name)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(client => client
            .UseRedisClustering(options => options.ConfigurationOptions = ConfigurationOptions.Parse($"127.0.0.1:{port}"))
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (name, name))
            .UseConnectionRetryFilter(async (_, cancellation) =>
            {
                await Task.Delay(100, cancellation);
                return true;
            }));
        return builder.Build();
    }

    private static Running Worker(int redis, string name)
    {
        var ports = LocalPorts.Free(2);
        var program = Clusters.WorkerProgram("redis", $"127.0.0.1:{redis}", name, $"{ports[0]}", $"{ports[1]}", Clusters.Trusted);
        return Child(program[0], program.Skip(1));
    }

    /// <summary>As <see cref="Worker"/>, but by Orleans's section of the configuration alone.</summary>
    private static Running ConfiguredWorker(int redis, string name)
    {
        var ports = LocalPorts.Free(2);
        var program = Clusters.WorkerProgram(
            "configured", Clusters.Trusted,
            "--Orleans:ClusterId", name,
            "--Orleans:ServiceId", name,
            "--Orleans:Clustering:ProviderType", "Redis",
            "--Orleans:Clustering:ConnectionString", $"127.0.0.1:{redis}",
            "--Orleans:Endpoints:AdvertisedIPAddress", "127.0.0.1",
            "--Orleans:Endpoints:SiloPort", $"{ports[0]}",
            "--Orleans:Endpoints:GatewayPort", $"{ports[1]}");
        return Child(program[0], program.Skip(1));
    }

    private static Running Child(string program, IEnumerable<string> arguments) =>
        new(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!);

    private static async Task ListeningAsync(int port)
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

    /// <summary>A process that ends with the test, whatever happens there.</summary>
    private sealed class Running : IDisposable
    {
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
}
