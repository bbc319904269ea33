using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Moq;
using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Tests.Hosting;

[CancelAfter(30_000)]
public sealed class PipelineDefinitionTests
{
    [Test]
    public async Task AddPipeline_Class_GetsServicesInItsConstructor()
    {
        var store = new Mock<IStore>();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton(store.Object);
        builder.Services.AddStreamz().AddPipeline<int, StoringPipeline>("numbers");
        using var host = builder.Build();
        await host.StartAsync();

        await host.Services.GetRequiredService<IEmitter<int>>().DeliverAsync(7);
        await host.StopAsync();

        store.Verify(each => each.Save(7), Times.Once);
    }

    [Test]
    public async Task AddPipeline_ClassThatCanBeDisposed_IsDisposedWhenItsRunIsOver()
    {
        var store = new Mock<IStore>();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton(store.Object);
        builder.Services.AddStreamz().AddPipeline<int, DisposablePipeline>("numbers");
        using var host = builder.Build();
        await host.StartAsync();
        store.Verify(each => each.Close(), Times.Never);

        await host.StopAsync();

        store.Verify(each => each.Close(), Times.Once);
    }

    [Test]
    public void AddPipeline_ClassWhoseServiceIsMissing_StopsTheStartByName()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStreamz().AddPipeline<int, StoringPipeline>("numbers");
        using var host = builder.Build();

        Assert.That(
            async () => await host.StartAsync(),
            Throws.TypeOf<PipelineValidationException>().With.Message.Contains("numbers: its definition has failed").And.Message.Contains(nameof(IStore)));
    }

    [Test]
    public async Task Pipeline_Injected_EmitsAndSaysHowItIs()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStreamz().AddPipeline<int>("numbers", (source, _) => source.Sink(_ => { }, options: new NodeOptions { Name = "end" }));
        using var host = builder.Build();
        var pipeline = host.Services.GetRequiredService<IPipeline<int>>();
        var before = pipeline.State;
        Assert.That(() => pipeline.GetSnapshot(), Throws.InvalidOperationException.With.Message.Contains("'numbers' has not started"));
        await host.StartAsync();

        await pipeline.DeliverAsync(1);
        var during = pipeline.State;
        var snapshot = pipeline.GetSnapshot();
        await host.StopAsync();

        Assert.That((before, during, pipeline.State), Is.EqualTo((PipelineState.NotStarted, PipelineState.Running, PipelineState.Completed)));
        Assert.That(snapshot.Nodes.Single(node => node.Name == "end").Received, Is.EqualTo(1));
        Assert.That(pipeline.Explain(), Does.Contain("end"));
        Assert.That(pipeline.Graph.Node.Name, Is.EqualTo("numbers"));
        Assert.That((pipeline.Name, pipeline.ElementType, pipeline.Restarts), Is.EqualTo(("numbers", typeof(int), 0)));
        Assert.That(pipeline.Fault, Is.Null);
        Assert.That(host.Services.GetServices<IPipeline>(), Is.EqualTo(new[] { pipeline }));
        Assert.That(host.Services.GetRequiredKeyedService<IPipeline>("numbers"), Is.SameAs(pipeline));
    }

    [Test]
    public async Task Pipeline_Edited_ChangesWhileItRuns()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStreamz().AddPipeline<int>("numbers", (source, _) => source.Sink(_ => { }, options: new NodeOptions { Name = "end", Capacity = 4 }));
        using var host = builder.Build();
        await host.StartAsync();
        var pipeline = host.Services.GetRequiredKeyedService<IPipeline<int>>("numbers");

        await pipeline.EditAsync(edit => edit.SetCapacity(edit.Find("end"), 9));

        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "end").Capacity, Is.EqualTo(9));
        await host.StopAsync();
    }

    [Test]
    public async Task Services_WithMockedPipelines_AreTestedWithoutAHost()
    {
        var emitter = new Mock<IEmitter<int>>();
        emitter.Setup(each => each.DeliverAsync(It.IsAny<int>(), It.IsAny<CancellationToken>())).ReturnsAsync(DeliveryOutcome.Delivered);
        var pipeline = new Mock<IPipeline<int>>();
        pipeline.Setup(each => each.State).Returns(PipelineState.Running);

        var accepted = await new Checkout(emitter.Object, pipeline.Object).PayAsync(5);

        Assert.That(accepted, Is.True);
        emitter.Verify(each => each.DeliverAsync(5, It.IsAny<CancellationToken>()), Times.Once);
        pipeline.Verify(each => each.EmitAsync(5, It.IsAny<CancellationToken>()), Times.Once);
    }

    public interface IStore
    {
        void Save(int value);

        void Close();
    }

    private sealed class Checkout(IEmitter<int> orders, IPipeline<int> audit)
    {
        public async Task<bool> PayAsync(int order)
        {
            if (audit.State == PipelineState.Running)
            {
                await audit.EmitAsync(order);
            }

            return await orders.DeliverAsync(order) == DeliveryOutcome.Delivered;
        }
    }

    private sealed class StoringPipeline(IStore store) : IPipelineDefinition<int>
    {
        public void Define(StreamSource<int> source) => source.Sink(store.Save);
    }

    private sealed class DisposablePipeline(IStore store) : IPipelineDefinition<int>, IDisposable
    {
        public void Define(StreamSource<int> source) => source.Sink(store.Save);

        public void Dispose() => store.Close();
    }
}
