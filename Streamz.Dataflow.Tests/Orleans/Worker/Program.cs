using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using StackExchange.Redis;
using Streamz.Dataflow;

// [--load ASSEMBLY] --streamz-worker …          a worker of a cluster on this machine
// configured TRUSTED --SECTION:KEY VALUE …      a worker of a cluster that the configuration describes
// redis ADDRESS CLUSTER SILO-PORT GATEWAY-PORT TRUSTED   a worker of a cluster whose members find one another by Redis
if (args is ["--load", var file, ..])
{
    Assembly.LoadFrom(file);
}

if (args is ["configured", var assembly, .. var settings])
{
    Assembly.Load(assembly);
    await StreamzWorker.RunAsync(settings, worker => worker.TrustedAssemblies.Add(assembly));
    return;
}

if (args is ["redis", var address, var cluster, var siloPort, var gatewayPort, var trusted])
{
    Assembly.Load(trusted);
    await StreamzWorker.RunAsync([], configureSilo: silo => silo
        .UseRedisClustering(options => options.ConfigurationOptions = ConfigurationOptions.Parse(address))
        .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster, cluster))
        .Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = System.Net.IPAddress.Loopback;
            options.SiloPort = int.Parse(siloPort, CultureInfo.InvariantCulture);
            options.GatewayPort = int.Parse(gatewayPort, CultureInfo.InvariantCulture);
        })
        .AddStreamzWorker(worker => worker.TrustedAssemblies.Add(trusted)));
    return;
}

// What tests have written as JSON.
await StreamzWorker.RunAsync(args, worker => worker.JsonTypes = type => type.Name.StartsWith("Json", StringComparison.Ordinal));
