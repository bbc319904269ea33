using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Moq;

namespace Streamz.Dataflow.Tests.Hosting;

[CancelAfter(30_000)]
public sealed class AddPipelineTests
{
    [Test]
    public async Task AddPipeline_HostRuns_EmitterDeliversAndStopDrains()
    {
        var seen = new List<int>();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStreamz().AddPipeline<int>("numbers", (source, _) => source.Map(x => x + 1).Sink(seen.Add));
        using var host = builder.Build();
        await host.StartAsync();

        var emitter = host.Services.GetRequiredService<IEmitter<int>>();
        await emitter.EmitAsync(1);
        var outcome = await emitter.DeliverAsync(2);
        await emitter.EmitAsync(3);
        await host.StopAsync();

        Assert.That(outcome, Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(seen, Is.EqualTo(new[] { 2, 3, 4 }));
        Assert.That(async () => await emitter.EmitAsync(4), Throws.TypeOf<PipelineClosedException>().With.Message.Contains("numbers"));
    }

    [Test]
    public async Task AddPipeline_ServicesGiven_ReachTheDefinition()
    {
        var store = new Mock<IList<int>>();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton(store.Object);
        builder.Services.AddStreamz().AddPipeline<int>("numbers", (source, services) =>
        {
            var list = services.GetRequiredService<IList<int>>();
            source.Sink(x => list.Add(x));
        });
        using var host = builder.Build();
        await host.StartAsync();

        await host.Services.GetRequiredService<IEmitter<int>>().DeliverAsync(7);
        await host.StopAsync();

        store.Verify(list => list.Add(7), Times.Once);
    }

    [Test]
    public async Task AddPipeline_TwoOfOneType_AreTakenByKeyAndRefusedWithoutOne()
    {
        var first = new List<int>();
        var second = new List<int>();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStreamz()
            .AddPipeline<int>("first", (source, _) => source.Sink(first.Add))
            .AddPipeline<int>("second", (source, _) => source.Sink(second.Add));
        using var host = builder.Build();
        await host.StartAsync();

        await host.Services.GetRequiredKeyedService<IEmitter<int>>("second").DeliverAsync(2);
        await host.StopAsync();

        Assert.That(first, Is.Empty);
        Assert.That(second, Is.EqualTo(new[] { 2 }));
        Assert.That(
            () => host.Services.GetRequiredService<IEmitter<int>>(),
            Throws.InvalidOperationException.With.Message.Contains("'first', 'second'"));
    }

    [Test]
    public void AddPipeline_NameTaken_IsRefusedAtTheCall()
    {
        var streamz = new ServiceCollection().AddStreamz().AddPipeline<int>("numbers", (source, _) => source.Sink(_ => { }));

        Assert.That(
            () => streamz.AddPipeline<string>("numbers", (source, _) => source.Sink(_ => { })),
            Throws.ArgumentException.With.Message.Contains("'numbers'"));
    }

    [Test]
    public void AddPipeline_BranchWithoutSink_StopsTheStartWithAReadableMessage()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStreamz().AddPipeline<int>("numbers", (source, _) => source.Map(x => x + 1).Named("increment"));
        using var host = builder.Build();

        Assert.That(async () => await host.StartAsync(), Throws.TypeOf<PipelineValidationException>().With.Message.Contains("'increment'"));
    }

    [Test]
    public void AddPipeline_EmitBeforeTheHostStarts_IsRefused()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStreamz().AddPipeline<int>("numbers", (source, _) => source.Sink(_ => { }));
        using var host = builder.Build();
        var emitter = host.Services.GetRequiredService<IEmitter<int>>();

        Assert.That(async () => await emitter.EmitAsync(1), Throws.InvalidOperationException.With.Message.Contains("'numbers' has not started"));
    }

    [Test]
    public async Task AddPipeline_SinkIgnoresNothingButTheToken_StopAbortsWhenTheHostGivesUp()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStreamz().AddPipeline<int>("numbers", (source, _) =>
            source.Sink(async (int _, CancellationToken aborted) => await Task.Delay(Timeout.Infinite, aborted)));
        using var host = builder.Build();
        await host.StartAsync();
        var delivery = host.Services.GetRequiredService<IEmitter<int>>().DeliverAsync(1);

        using var givesUp = new CancellationTokenSource();
        var stop = host.StopAsync(givesUp.Token);
        await givesUp.CancelAsync();
        await stop.ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.That(async () => await delivery, Throws.TypeOf<ElementAbandonedException>());
    }

    [Test]
    public async Task Emitter_Mocked_TakesWhatAServiceEmits()
    {
        var emitter = new Mock<IEmitter<string>>();
        emitter.Setup(each => each.EmitAsync("order", It.IsAny<CancellationToken>())).Returns(ValueTask.CompletedTask);

        await emitter.Object.EmitAsync("order");

        emitter.Verify(each => each.EmitAsync("order", It.IsAny<CancellationToken>()), Times.Once);
    }
}
