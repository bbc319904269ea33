using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Tests.Hosting;

[CancelAfter(30_000)]
public sealed class PipelineFaultTests
{
    private static readonly PipelineRestartOptions s_exact = new() { Delay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(3), UseJitter = false };

    [Test]
    public async Task OnFault_NothingSaid_StopsTheHost()
    {
        using var host = Build(new FakeTimeProvider(), _ => { });
        await host.StartAsync();
        var stopping = new TaskCompletionSource();
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        await FailAsync(host);
        await stopping.Task;

        var pipeline = host.Services.GetRequiredService<IPipeline<int>>();
        Assert.That(pipeline.State, Is.EqualTo(PipelineState.Faulted));
        Assert.That(pipeline.Fault, Is.TypeOf<NodeFailedException>().With.Message.Contains("'fragile'"));
        await host.StopAsync();
    }

    [Test]
    public async Task OnFault_Ignore_LeavesTheHostRunningAndTellsEmitters()
    {
        using var host = Build(new FakeTimeProvider(), pipeline => pipeline.OnFault(PipelineFaultBehavior.Ignore));
        await host.StartAsync();

        await FailAsync(host);
        await StateAsync(host, PipelineState.Faulted);

        Assert.That(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested, Is.False);
        Assert.That(async () => await host.Services.GetRequiredService<IEmitter<int>>().EmitAsync(1), Throws.TypeOf<NodeFailedException>());
        await host.StopAsync();
    }

    [Test]
    public async Task RestartOnFault_PipelineFails_RunsAgainAfterTheDelay()
    {
        var clock = new FakeTimeProvider();
        using var host = Build(clock, pipeline => pipeline.RestartOnFault(s_exact));
        await host.StartAsync();
        var emitter = host.Services.GetRequiredService<IEmitter<int>>();

        await FailAsync(host);
        await StateAsync(host, PipelineState.Restarting);
        clock.Advance(TimeSpan.FromMilliseconds(999));
        var early = host.Services.GetRequiredService<IPipeline<int>>().State;
        await AdvanceUntilAsync(host, clock, TimeSpan.FromMilliseconds(1), PipelineState.Running);

        Assert.That(early, Is.EqualTo(PipelineState.Restarting));
        Assert.That(await emitter.DeliverAsync(1), Is.EqualTo(DeliveryOutcome.Delivered));
        Assert.That(host.Services.GetRequiredService<IPipeline<int>>().Restarts, Is.EqualTo(1));
        await host.StopAsync();
        Assert.That(host.Services.GetRequiredService<IPipeline<int>>().State, Is.EqualTo(PipelineState.Completed));
    }

    [Test]
    public async Task RestartOnFault_LimitReached_StopsTheHost()
    {
        var clock = new FakeTimeProvider();
        using var host = Build(clock, pipeline => pipeline.RestartOnFault(s_exact with { MaxRestarts = 1 }));
        await host.StartAsync();
        var stopping = new TaskCompletionSource();
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        await FailAsync(host);
        await StateAsync(host, PipelineState.Restarting);
        await AdvanceUntilAsync(host, clock, TimeSpan.FromSeconds(1), PipelineState.Running);
        await FailAsync(host);
        await stopping.Task;

        Assert.That(host.Services.GetRequiredService<IPipeline<int>>().State, Is.EqualTo(PipelineState.Faulted));
        await host.StopAsync();
    }

    [Test]
    public async Task RestartOnFault_HostStopsDuringTheBackoff_WaitsForNothing()
    {
        using var host = Build(new FakeTimeProvider(), pipeline => pipeline.RestartOnFault(s_exact));
        await host.StartAsync();
        await FailAsync(host);
        await StateAsync(host, PipelineState.Restarting);

        await host.StopAsync();

        Assert.That(host.Services.GetRequiredService<IPipeline<int>>().State, Is.EqualTo(PipelineState.Faulted));
    }

    [Test]
    public async Task RestartOnFault_DefinitionFailsMeanwhile_TriesAgainLater()
    {
        var clock = new FakeTimeProvider();
        var runs = 0;
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddStreamz().AddPipeline<int>("numbers", (source, _) =>
        {
            if (++runs == 2)
            {
                throw new InvalidDataException("no price list");
            }

            source.Sink(x => Fragile(x), options: new NodeOptions { Name = "fragile" });
        }).RestartOnFault(s_exact);
        using var host = builder.Build();
        await host.StartAsync();

        await FailAsync(host);
        await StateAsync(host, PipelineState.Restarting);
        await AdvanceUntilAsync(host, clock, TimeSpan.FromSeconds(1), PipelineState.Running);

        Assert.That(runs, Is.EqualTo(3));
        Assert.That(host.Services.GetRequiredService<IPipeline<int>>().Fault, Is.TypeOf<PipelineValidationException>().With.Message.Contains("no price list"));
        await host.StopAsync();
    }

    [Test]
    public void DelayBefore_FailureAfterFailure_DoublesUpToTheLimit()
    {
        var delays = Enumerable.Range(0, 4).Select(s_exact.DelayBefore);

        Assert.That(delays, Is.EqualTo(new[] { 1, 2, 3, 3 }.Select(seconds => TimeSpan.FromSeconds(seconds))));
    }

    [Test]
    public void DelayBefore_Jitter_IsBetweenHalfAndWhole()
    {
        var delays = Enumerable.Range(0, 1000).Select(_ => (s_exact with { UseJitter = true }).DelayBefore(0)).ToList();

        Assert.That(delays, Has.All.InRange(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1)));
        Assert.That(delays.Distinct().Count(), Is.GreaterThan(10));
    }

    [Test]
    public void RestartOnFault_BadValues_AreRefusedTogether()
    {
        var pipeline = new ServiceCollection().AddStreamz().AddPipeline<int>("numbers", (source, _) => source.Sink(_ => { }));

        Assert.That(
            () => pipeline.RestartOnFault(new PipelineRestartOptions { MaxRestarts = -1, Delay = TimeSpan.FromSeconds(-1) }),
            Throws.ArgumentException.With.Message.Contains("MaxRestarts is -1").And.Message.Contains("Delay is -00:00:01"));
    }

    private static IHost Build(FakeTimeProvider clock, Action<PipelineBuilder> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<TimeProvider>(clock);
        configure(builder.Services.AddStreamz().AddPipeline<int>("numbers", (source, _) => source.Sink(x => Fragile(x), options: new NodeOptions { Name = "fragile" })));
        return builder.Build();
    }

    private static void Fragile(int value)
    {
        if (value < 0)
        {
            throw new InvalidDataException($"{value}");
        }
    }

    private static Task FailAsync(IHost host)
    {
        Assert.That(async () => await host.Services.GetRequiredService<IEmitter<int>>().DeliverAsync(-1), Throws.TypeOf<NodeFailedException>());
        return Task.CompletedTask;
    }

    /// <summary>The failure reaches the host beside the emitter: nobody is told the moment.</summary>
    private static async Task StateAsync(IHost host, PipelineState state)
    {
        while (host.Services.GetRequiredService<IPipeline<int>>().State != state)
        {
            await Task.Yield();
        }
    }

    /// <summary>The timer is set beside the state: nobody is told the moment.</summary>
    private static async Task AdvanceUntilAsync(IHost host, FakeTimeProvider clock, TimeSpan step, PipelineState state)
    {
        while (host.Services.GetRequiredService<IPipeline<int>>().State != state)
        {
            clock.Advance(step);
            await Task.Yield();
        }
    }
}
