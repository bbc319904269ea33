using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>The members of a cluster find one another by Redis.</summary>
[NonParallelizable]
internal sealed class RedisTests : ExternalMembershipTests
{
    private const string Server = "/usr/bin/redis-server";

    protected override string Kind => "redis";

    protected override async Task<ChildProcess> StartServerAsync(int port, CancellationToken cancellation)
    {
        if (!File.Exists(Server))
        {
            Assert.Ignore("There is no redis-server here; on Debian the build installs it as root.");
        }

        var directory = Directory.CreateTempSubdirectory("streamz-").FullName;
        var server = ChildProcess.Start([Server, "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", directory], directory);
        try
        {
            await ListeningAsync(server, port, cancellation);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    protected override string AddressOf(int port) => $"127.0.0.1:{port}";

    protected override void Join(IClientBuilder client, string address) =>
        client.UseRedisClustering(options => options.ConfigurationOptions = ConfigurationOptions.Parse(address));

    protected override IEnumerable<(string Key, string Value)> Clustering(string address) => [("ProviderType", "Redis"), ("ConnectionString", address)];
}
