using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using StackExchange.Redis;
using Streamz.Dataflow;

// [--load ASSEMBLY] --streamz-worker …          a worker of a cluster on this machine
// forgetful …                                   a program that does not ask whether it is a worker
// configured TRUSTED --SECTION:KEY VALUE …      a worker of a cluster that the configuration describes
// redis|postgres ADDRESS CLUSTER SILO-PORT GATEWAY-PORT TRUSTED   a worker of a cluster whose members find one another by that server
if (args is ["--load", var file, ..])
{
    Assembly.LoadFrom(file);
}

if (args is ["forgetful", ..])
{
    await using var another = await OrleansCluster.StartAsync();
    return;
}

if (args is ["configured", var assembly, .. var settings])
{
    Assembly.Load(assembly);
    await StreamzWorker.RunAsync(settings, worker => worker.TrustedAssemblies.Add(assembly), LookOften);
    return;
}

if (args is ["redis" or "postgres", var address, var cluster, var siloPort, var gatewayPort, var trusted])
{
    Assembly.Load(trusted);
    await StreamzWorker.RunAsync([], worker => worker.TrustedAssemblies.Add(trusted), silo =>
    {
        LookOften(silo);
        if (args[0] == "redis")
        {
            silo.UseRedisClustering(options => options.ConfigurationOptions = ConfigurationOptions.Parse(address));
        }
        else
        {
            silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", address));
        }

        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster, cluster));
        silo.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = System.Net.IPAddress.Loopback;
            options.SiloPort = int.Parse(siloPort, CultureInfo.InvariantCulture);
            options.GatewayPort = int.Parse(gatewayPort, CultureInfo.InvariantCulture);
        });
    });
    return;
}

// What tests have written as JSON.
await StreamzWorker.RunAsync(args, worker => worker.JsonTypes = type => type.Name.StartsWith("Json", StringComparison.Ordinal));

// As docs/concepts/cluster.md says.
static void LookOften(ISiloBuilder silo) => silo.Configure<ClusterMembershipOptions>(members =>
{
    members.ProbeTimeout = TimeSpan.FromMilliseconds(350);
    members.NumMissedProbesLimit = 4;
    members.NumVotesForDeathDeclaration = 1;
    members.EnableConnectionLivenessCheck = false;
    members.EnableIndirectProbes = false;
});
