using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Tests.Hosting;

/// <summary>Pipelines of a host that nobody emits into: a queue feeds them.</summary>
[CancelAfter(30_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SelfFedPipelineTests
{
    private readonly Channel<int> _queue = Channel.CreateUnbounded<int>();

    [Test]
    public async Task AddPipeline_ClassWithASource_RunsWithTheHost()
    {
        var saved = new List<int>();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton(_queue.Reader).AddSingleton(saved);
        builder.Services.AddStreamz().AddPipeline<QueuePipeline>("orders");
        using var host = builder.Build();
        var pipeline = host.Services.GetRequiredKeyedService<IPipeline>("orders");
        await host.StartAsync();

        _queue.Writer.TryWrite(7);
        await UntilAsync(() => saved.Count == 1);
        var state = pipeline.State;
        await host.StopAsync();

        Assert.That(saved, Is.EqualTo(new[] { 7 }));
        Assert.That((state, pipeline.State, pipeline.ElementType), Is.EqualTo((PipelineState.Running, PipelineState.Completed, (Type?)null)));
        Assert.That(host.Services.GetServices<IPipeline>(), Is.EqualTo(new[] { pipeline }));
    }

    [Test]
    public async Task AddPipeline_SourceFails_IsStartedAgainWithAGraphOfItsOwn()
    {
        var runs = 0;
        var saved = new List<int>();
        using var host = Build(
            _ =>
            {
                runs++;
                return StreamSource.FromChannel(_queue.Reader).Map(x => 12 / x).Sink(saved.Add);
            },
            builder => builder.RestartOnFault(new PipelineRestartOptions { Delay = TimeSpan.Zero }));
        var pipeline = host.Services.GetRequiredKeyedService<IPipeline>("orders");
        await host.StartAsync();

        _queue.Writer.TryWrite(0);
        await UntilAsync(() => pipeline is { Restarts: 1, State: PipelineState.Running });
        _queue.Writer.TryWrite(4);
        await UntilAsync(() => saved.Count == 1);
        await host.StopAsync();

        Assert.That((runs, saved[0]), Is.EqualTo((2, 3)));
    }

    [Test]
    public async Task AddPipeline_QueueIsCompleted_IsOverAndTheHostGoesOn()
    {
        using var host = Build(_ => StreamSource.FromChannel(_queue.Reader).Sink(_ => { }));
        var pipeline = host.Services.GetRequiredKeyedService<IPipeline>("orders");
        await host.StartAsync();

        _queue.Writer.Complete();
        await UntilAsync(() => pipeline.State == PipelineState.Completed);

        Assert.That(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested, Is.False);
        await host.StopAsync();
    }

    [Test]
    public void AddPipeline_NoSinkAndWrongSettings_StopTheStartAsForOthers()
    {
        using var host = Build(_ => StreamSource.FromChannel(_queue.Reader).Map(x => x).Named("open"), settings: ("Streamz:Pipelines:orders:Nodes:prise:Capacity", "4"));
        Assert.That(
            async () => await host.StartAsync(),
            Throws.TypeOf<PipelineValidationException>().With.Message.Contains("'open' has no sink").And.Message.Contains("no node of the pipeline is named 'prise'"));
    }

    [Test]
    public async Task AddPipeline_Configuration_SetsWhatTheHostGave()
    {
        using var host = Build(_ => StreamSource.FromChannel(_queue.Reader).TimedWindow(TimeSpan.FromSeconds(1)).Sink(_ => { }, options: new NodeOptions { Name = "save" }), settings: ("Streamz:Pipelines:orders:Capacity", "5"));
        await host.StartAsync();

        var snapshot = host.Services.GetRequiredKeyedService<IPipeline>("orders").GetSnapshot();
        await host.StopAsync();

        Assert.That(snapshot.Nodes.Select(node => node.Capacity), Does.Contain(5));
    }

    [Test]
    public async Task AddPipeline_SourceBringsOptions_HasThose()
    {
        // Without them, a branch would need a sink.
        using var host = Build(_ => StreamSource.FromChannel(_queue.Reader, new StreamOptions { Capacity = 3 }).TimedWindow(TimeSpan.FromSeconds(1)));
        await host.StartAsync();

        var snapshot = host.Services.GetRequiredKeyedService<IPipeline>("orders").GetSnapshot();
        await host.StopAsync();

        Assert.That(snapshot.Nodes.Select(node => node.Capacity), Does.Contain(3));
    }

    [Test]
    public void AddPipeline_OptionsInTwoPlaces_StopTheStart()
    {
        using var host = Build(_ => StreamSource.FromChannel(_queue.Reader, new StreamOptions { Capacity = 3 }).Sink(_ => { }), options: new StreamOptions { Capacity = 4 });
        Assert.That(async () => await host.StartAsync(), Throws.TypeOf<PipelineValidationException>().With.Message.Contains("State them in one of the two places"));
    }

    [Test]
    public void AddPipeline_DefinitionReturnsNull_StopsTheStart()
    {
        using var host = Build(_ => null!);
        Assert.That(async () => await host.StartAsync(), Throws.TypeOf<PipelineValidationException>().With.Message.Contains("Return any stream or sink of the graph"));
    }

    private static IHost Build(
        Func<IServiceProvider, IStream> define,
        Action<PipelineBuilder>? configure = null,
        StreamOptions? options = null,
        (string Path, string Value)? settings = null)
    {
        var builder = Host.CreateApplicationBuilder();
        if (settings is var (path, value))
        {
            builder.Configuration[path] = value;
        }

        var pipeline = builder.Services.AddStreamz().AddPipeline("orders", define, options);
        configure?.Invoke(pipeline);
        return builder.Build();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }

    private sealed class QueuePipeline(ChannelReader<int> queue, List<int> saved) : IPipelineDefinition
    {
        public IStream Define() => StreamSource.FromChannel(queue).Sink(saved.Add);
    }
}
