using Microsoft.Extensions.Hosting;
using StackExchange.Redis;
using Streamz.Dataflow.Orleans.Processes;
using Streamz.Dataflow.Tests.Sources;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>Members that find one another by Redis.</summary>
[TestFixture]
internal sealed class RedisTests : ClusteringTests
{
    private const string Program = "/usr/bin/redis-server";

    protected override string Provider => "Redis";

    protected override async Task<Server> StartServerAsync(ScratchDirectory scratch)
    {
        if (!File.Exists(Program))
        {
            Assert.Ignore("There is no redis-server here; on Debian the build installs it as root.");
        }

        var port = LocalPorts.Free(1)[0];
        var server = new Server(
            Start(Program, ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", scratch.Path]), $"127.0.0.1:{port}");
        await ListeningAsync(port);
        return server;
    }

    protected override void UseServer(IClientBuilder client, string address) =>
        client.UseRedisClustering(options => options.ConfigurationOptions = ConfigurationOptions.Parse(address));
}
