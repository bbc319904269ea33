using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Tests.Hosting;

[CancelAfter(30_000)]
public sealed class HealthCheckTests
{
    [Test]
    public async Task Health_LifeOfAPipeline_IsReadyWhileItRuns()
    {
        using var host = Build(new FakeTimeProvider(), source => source.Sink(_ => { }));
        var before = await CheckAsync(host);
        await host.StartAsync();

        var during = await CheckAsync(host);
        await host.StopAsync();

        Assert.That((before.Live.Status, before.Ready.Status), Is.EqualTo((HealthStatus.Healthy, HealthStatus.Unhealthy)));
        Assert.That(before.Ready.Description, Is.EqualTo("orders: has not started."));
        Assert.That((during.Live.Status, during.Ready.Status), Is.EqualTo((HealthStatus.Healthy, HealthStatus.Healthy)));
        Assert.That(during.Ready.Data["orders"], Is.EqualTo("Running"));
        Assert.That((during.Live.Tags, during.Ready.Tags), Is.EqualTo((new[] { "live" }, new[] { "ready" })));
    }

    [Test]
    public async Task Health_PipelineHasFailed_IsNeitherLiveNorReady()
    {
        using var host = Build(new FakeTimeProvider(), source => source.Sink(_ => throw new InvalidDataException()), pipeline => pipeline.OnFault(PipelineFaultBehavior.Ignore));
        await host.StartAsync();
        var pipeline = host.Services.GetRequiredService<IPipeline<int>>();
        Assert.That(async () => await pipeline.DeliverAsync(1), Throws.TypeOf<NodeFailedException>());
        while (pipeline.State != PipelineState.Faulted)
        {
            await Task.Yield();
        }

        var health = await CheckAsync(host);
        await host.StopAsync();

        Assert.That((health.Live.Status, health.Ready.Status), Is.EqualTo((HealthStatus.Unhealthy, HealthStatus.Unhealthy)));
        Assert.That(health.Live.Description, Does.Contain("orders: has failed"));
        Assert.That(health.Live.Exception, Is.TypeOf<NodeFailedException>());
    }

    [Test]
    public async Task Health_PipelineRestarts_IsLiveButNotReady()
    {
        using var host = Build(new FakeTimeProvider(), source => source.Sink(_ => throw new InvalidDataException()), pipeline => pipeline.RestartOnFault());
        await host.StartAsync();
        var pipeline = host.Services.GetRequiredService<IPipeline<int>>();
        Assert.That(async () => await pipeline.DeliverAsync(1), Throws.TypeOf<NodeFailedException>());
        while (pipeline.State != PipelineState.Restarting)
        {
            await Task.Yield();
        }

        var health = await CheckAsync(host);
        await host.StopAsync();

        Assert.That((health.Live.Status, health.Ready.Status), Is.EqualTo((HealthStatus.Healthy, HealthStatus.Unhealthy)));
        Assert.That(health.Ready.Description, Is.EqualTo("orders: has failed, and waits to be started again."));
    }

    [Test]
    public async Task Health_NodeFullForLonger_IsDegradedUntilThereIsRoom()
    {
        var clock = new FakeTimeProvider();
        var release = new TaskCompletionSource();
        using var host = Build(
            clock,
            source => source.Sink(async _ => await release.Task, options: new NodeOptions { Name = "save", Capacity = 2 }));
        await host.StartAsync();
        var emitter = host.Services.GetRequiredService<IEmitter<int>>();
        var emits = Enumerable.Range(0, 3).Select(x => emitter.EmitAsync(x).AsTask()).ToList();

        clock.Advance(TimeSpan.FromSeconds(1));
        clock.Advance(TimeSpan.FromSeconds(9));
        var early = await CheckAsync(host);
        clock.Advance(TimeSpan.FromSeconds(2));
        var late = await CheckAsync(host);
        release.SetResult();
        await Task.WhenAll(emits);
        clock.Advance(TimeSpan.FromSeconds(1));
        var after = await CheckAsync(host);
        await host.StopAsync();

        Assert.That((early.Ready.Status, late.Ready.Status, after.Ready.Status), Is.EqualTo((HealthStatus.Healthy, HealthStatus.Degraded, HealthStatus.Healthy)));
        Assert.That(late.Live.Status, Is.EqualTo(HealthStatus.Healthy));
        Assert.That(late.Ready.Description, Is.EqualTo("orders: 'save' has been full for 00:00:11 (2 of 2 places taken, 1 senders waiting)."));
    }

    [Test]
    public void AddStreamz_LimitOfZero_StopsTheStart()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddHealthChecks().AddStreamz(options => options.FullFor = TimeSpan.Zero);
        using var host = builder.Build();

        Assert.That(async () => await host.StartAsync(), Throws.TypeOf<OptionsValidationException>().With.Message.Contains("FullFor must be more than zero"));
    }

    private static IHost Build(TimeProvider clock, Action<StreamSource<int>> define, Action<PipelineBuilder>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton(clock);
        builder.Services.AddHealthChecks().AddStreamz(options => options.FullFor = TimeSpan.FromSeconds(10));
        var pipeline = builder.Services.AddStreamz().AddPipeline<int>("orders", (source, _) => define(source));
        configure?.Invoke(pipeline);
        return builder.Build();
    }

    private static async Task<(HealthReportEntry Live, HealthReportEntry Ready)> CheckAsync(IHost host)
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        return (report.Entries["streamz_live"], report.Entries["streamz_ready"]);
    }
}
