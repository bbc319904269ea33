using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Tests.Hosting;

[CancelAfter(30_000)]
public sealed class HostLifetimeTests
{
    [Test]
    public void Start_SeveralFaultyPipelines_TellsAllFaultsAtOnceAndStartsNothing()
    {
        var started = false;
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddHostedService(_ => new Worker(() => started = true));
        builder.Services.AddStreamz()
            .AddPipeline<int>("first", (source, _) => source.Map(x => x + 1).Named("increment"))
            .AddPipeline<int>("second", (_, _) => throw new InvalidDataException("no price list"))
            .AddPipeline<int>("third", (source, _) => source.Sink(_ => { })).DependsOn("fourth");
        using var host = builder.Build();

        var thrown = Assert.ThrowsAsync<PipelineValidationException>(async () => await host.StartAsync());

        Assert.That(thrown!.Errors, Has.Count.EqualTo(3));
        Assert.That(thrown.Message, Does.StartWith($"The pipelines of the host cannot start:{Environment.NewLine}- "));
        Assert.That(thrown.Message, Does.Contain("first: The branch that ends at 'increment' has no sink"));
        Assert.That(thrown.Message, Does.Contain("second: its definition has failed: InvalidDataException: no price list"));
        Assert.That(thrown.Message, Does.Contain("third: it depends on 'fourth', but no pipeline has that name"));
        Assert.That(started, Is.False);
    }

    [Test]
    public void Start_DependenciesInACircle_IsRefusedByName()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStreamz()
            .AddPipeline<int>("orders", (source, _) => source.Sink(_ => { })).DependsOn("invoices")
            .AddPipeline<int>("invoices", (source, _) => source.Sink(_ => { })).DependsOn("mails")
            .AddPipeline<int>("mails", (source, _) => source.Sink(_ => { })).DependsOn("orders");
        using var host = builder.Build();

        Assert.That(
            async () => await host.StartAsync(),
            Throws.TypeOf<PipelineValidationException>().With.Message.Contains("'orders' → 'invoices' → 'mails' → 'orders'").And.Property("Errors").Count.EqualTo(1));
    }

    [Test]
    public async Task Start_PipelineThatDependsOnALaterOne_FindsItRunning()
    {
        var found = new TaskCompletionSource<PipelineState>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStreamz()
            .AddPipeline("orders", services => StreamSource.FromEnumerable([1]).Sink(_ =>
                found.TrySetResult(services.GetRequiredKeyedService<IPipeline>("invoices").State))).DependsOn("invoices")
            .AddPipeline<int>("invoices", (source, _) => source.Sink(_ => { }));
        using var host = builder.Build();
        await host.StartAsync();

        Assert.That(await found.Task.Soon(), Is.EqualTo(PipelineState.Running));
        await host.StopAsync();
    }

    [Test]
    public async Task Stop_PipelineThatEmitsIntoAnother_DrainsFirst()
    {
        var saved = new ConcurrentQueue<int>();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStreamz()
            .AddPipeline<int>("orders", (source, services) =>
            {
                // Held back until the end: the partition is flushed when the pipeline stops.
                var invoices = services.GetRequiredKeyedService<IEmitter<int>>("invoices");
                source.Partition(100).Flatten().Sink(async x => await invoices.EmitAsync(x * 10));
            }).DependsOn("invoices")
            .AddPipeline<int>("invoices", (source, _) => source.Sink(saved.Enqueue));
        using var host = builder.Build();
        await host.StartAsync();
        for (var x = 1; x <= 3; x++)
        {
            await host.Services.GetRequiredKeyedService<IEmitter<int>>("orders").EmitAsync(x);
        }

        await host.StopAsync();

        Assert.That(saved, Is.EqualTo(new[] { 10, 20, 30 }));
    }

    [Test]
    public async Task Stop_PipelineIsStuck_IsAbandonedWhenTheShutdownTimeIsOver()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(50));
        builder.Services.AddStreamz().AddPipeline<int>("numbers", (source, _) =>
            source.Sink(async (int _, CancellationToken aborted) => await Task.Delay(Timeout.Infinite, aborted)));
        using var host = builder.Build();
        await host.StartAsync();
        var delivery = host.Services.GetRequiredService<IEmitter<int>>().DeliverAsync(1);

        await host.StopAsync().ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.That(async () => await delivery, Throws.TypeOf<ElementAbandonedException>());
    }

    [Test]
    public async Task DrainWithin_TimeIsOver_AbandonsThatPipelineOnly()
    {
        var clock = new FakeTimeProvider();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddStreamz().AddPipeline<int>("numbers", (source, _) =>
            source.Sink(async (int _, CancellationToken aborted) => await Task.Delay(Timeout.Infinite, aborted))).DrainWithin(TimeSpan.FromSeconds(3));
        using var host = builder.Build();
        await host.StartAsync();
        var delivery = host.Services.GetRequiredService<IEmitter<int>>().DeliverAsync(1);
        var stop = host.StopAsync();
        clock.Advance(TimeSpan.FromSeconds(3));

        await stop;

        Assert.That(async () => await delivery, Throws.TypeOf<ElementAbandonedException>());
    }

    [Test]
    public async Task Start_ByHandThroughTheShortInterface_ChecksAndRuns()
    {
        var services = new ServiceCollection();
        services.AddStreamz().AddPipeline<int>("numbers", (source, _) => source.Sink(_ => { }));
        await using var provider = services.BuildServiceProvider();
        var hosted = provider.GetServices<IHostedService>().Single();

        await hosted.StartAsync(CancellationToken.None);
        var outcome = await provider.GetRequiredService<IEmitter<int>>().DeliverAsync(1);
        await hosted.StopAsync(CancellationToken.None);

        Assert.That(outcome, Is.EqualTo(DeliveryOutcome.Delivered));
    }

    [Test]
    public async Task Dispose_HostWasNotStopped_AbortsThePipeline()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStreamz().AddPipeline<int>("numbers", (source, _) =>
            source.Sink(async (int _, CancellationToken aborted) => await Task.Delay(Timeout.Infinite, aborted)));
        var host = builder.Build();
        await host.StartAsync();
        var delivery = host.Services.GetRequiredService<IEmitter<int>>().DeliverAsync(1);

        host.Dispose();

        Assert.That(async () => await delivery, Throws.TypeOf<ElementAbandonedException>());
    }

    private sealed class Worker(Action onStart) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            onStart();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
