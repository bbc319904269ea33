using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Streamz.Dataflow.Orleans.Workers;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>Workers in silos that the program already has, and a client that is none.</summary>
[CancelAfter(120_000)]
[NonParallelizable]
public sealed class SiloTests
{
    [Test]
    public async Task Client_TwoSilos_SharesTheWork()
    {
        await using var silos = await DeployAsync(2);
        await using var cluster = OrleansCluster.Connect(silos.Client.ServiceProvider);
        var results = await RunAsync(cluster, () => Task.CompletedTask);

        Assert.That(results, Is.EqualTo(Enumerable.Range(1, 200)));
        Assert.That(cluster.GetSnapshot().Workers.Select(worker => worker.Completed), Is.All.GreaterThan(0));
        await cluster.EmptyAsync();
    }

    [Test]
    public async Task Client_SiloIsKilled_TheOtherDoesItsWork()
    {
        await using var silos = await DeployAsync(2);
        await using var cluster = OrleansCluster.Connect(silos.Client.ServiceProvider);

        var results = await RunAsync(cluster, () => silos.KillSiloAsync(silos.Silos[1]));

        Assert.That(results, Is.EqualTo(Enumerable.Range(1, 200)));
        await cluster.EmptyAsync();
    }

    [Test]
    public async Task Client_SiloJoinsLate_GetsWork()
    {
        await using var silos = await DeployAsync(1);
        await using var cluster = OrleansCluster.Connect(silos.Client.ServiceProvider);

        var results = await RunAsync(cluster, async () =>
        {
            await silos.StartAdditionalSiloAsync();
            while (cluster.Workers < 2)
            {
                await Task.Delay(20);
            }
        });

        Assert.That(results, Is.EqualTo(Enumerable.Range(1, 200)));
        Assert.That(cluster.GetSnapshot().Workers.Select(worker => worker.Completed), Is.All.GreaterThan(0));
    }

    [Test]
    public async Task Scatter_BeforeAnyWorkerIsThere_WaitsForOne()
    {
        await using var silos = await DeployAsync(1, isWorker: false);
        await using var cluster = OrleansCluster.Connect(silos.Client.ServiceProvider, new OrleansClusterOptions { NoWorkersTimeout = TimeSpan.FromMilliseconds(200) });
        await using var source = new StreamSource<int>();
        source.Scatter(cluster).Map(x => x + 1).Gather().Sink(_ => { });

        var fault = Assert.ThrowsAsync<NodeFailedException>(() => source.DeliverAsync(1))!;

        Assert.That(fault.NodeName, Is.EqualTo("scatter"));
        Assert.That(fault.InnerException, Is.TypeOf<ClusterUnavailableException>());
    }

    [Test]
    public async Task Services_AddOrleansCluster_GivesOneClusterToPipelines()
    {
        await using var silos = await DeployAsync(1, client: services => services.AddOrleansCluster(options => options.NoWorkersTimeout = TimeSpan.FromSeconds(20)));
        var services = silos.Client.ServiceProvider;

        var cluster = services.GetRequiredService<ICluster>();

        Assert.That(cluster, Is.SameAs(services.GetRequiredService<OrleansCluster>()));
        Assert.That(await RunAsync(cluster, () => Task.CompletedTask), Is.EqualTo(Enumerable.Range(1, 200)));
    }

    [Test]
    public async Task Scatter_RoomIsMadeByAnotherCoordinator_GoesOn()
    {
        await using var silos = await DeployAsync(1);
        var services = ((InProcessSiloHandle)silos.Silos[0]).ServiceProvider;
        await using var one = OrleansCluster.Connect(services, new OrleansClusterOptions { MaxBytesPerWorker = 1_000 });
        await using var other = OrleansCluster.Connect(services);
        var large = await other.ScatterAsync(new byte[2_000], CancellationToken.None);

        var waiting = one.ScatterAsync(1, CancellationToken.None).AsTask();
        await Task.Delay(50);
        Assert.That(waiting.IsCompleted, Is.False);
        large.Release();

        (await waiting.Soon()).Release();
    }

    [Test]
    public async Task Worker_ItsSiloEndsBeforeTheCluster_IsLost()
    {
        await using var silos = await DeployAsync(1);
        await using var cluster = OrleansCluster.Connect(
            ((InProcessSiloHandle)silos.Silos[0]).ServiceProvider, new OrleansClusterOptions { NoWorkersTimeout = TimeSpan.FromMilliseconds(100) });
        var value = await cluster.ScatterAsync(1, CancellationToken.None);
        var result = cluster.Submit(new ClusterFunction<int, int>("slow", static (x, _) => new ValueTask<int>(Slowly(x))), value, CancellationToken.None);

        ((InProcessSiloHandle)silos.Silos[0]).ServiceProvider.GetRequiredService<WorkerStore>().Dispose();

        Assert.That(cluster.Workers, Is.Zero);
        Assert.That(async () => await cluster.GatherAsync(result, CancellationToken.None).AsTask().Soon(), Throws.TypeOf<ClusterUnavailableException>());
    }

    [Test]
    public async Task Worker_CoordinatorFallsSilent_ItsValuesAreDropped()
    {
        await using var silos = await DeployAsync(1, worker: options => options.ForgetCoordinatorAfter = TimeSpan.FromSeconds(3));
        await using var cluster = OrleansCluster.Connect(silos.Client.ServiceProvider);
        var value = await cluster.ScatterAsync(42, CancellationToken.None);
        Assert.That(await cluster.GatherAsync(value, CancellationToken.None), Is.EqualTo(42));
        var store = ((InProcessSiloHandle)silos.Silos[0]).ServiceProvider.GetRequiredService<WorkerStore>();
        while (store.Load.Values == 0)
        {
            await Task.Yield();
        }

        foreach (var link in cluster.Coordinator.Links())
        {
            await link.CloseAsync(saysGoodbye: false);
        }

        while (store.Load.Values > 0)
        {
            await Task.Delay(50);
        }
    }

    private static async Task<InProcessTestCluster> DeployAsync(short silos, bool isWorker = true, Action<IServiceCollection>? client = null, Action<StreamzWorkerOptions>? worker = null)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            if (isWorker)
            {
                silo.AddStreamzWorker(options =>
                {
                    options.TrustedAssemblies.Add(Clusters.Trusted);
                    worker?.Invoke(options);
                });
            }
        });
        builder.ConfigureClient(orleans => client?.Invoke(orleans.Services));
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }

    private static async Task<List<int>> RunAsync(ICluster cluster, Func<Task> harm)
    {
        await using var source = new StreamSource<int>();
        var results = source.Scatter(cluster).Map(x => Slowly(x)).Buffer(20).Gather().SinkToList();
        for (var x = 0; x < 200; x++)
        {
            if (x == 100)
            {
                await harm();
            }

            await source.EmitAsync(x);
        }

        await source.CompleteAsync();
        return [.. results];
    }

    private static int Slowly(int x)
    {
        Thread.Sleep(1);
        return x + 1;
    }
}
