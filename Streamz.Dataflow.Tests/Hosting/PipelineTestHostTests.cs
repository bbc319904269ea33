using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using Streamz.Dataflow.Hosting;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Hosting;

/// <summary>What an application has registered, with probes at its ends and a clock that the test moves.</summary>
[CancelAfter(30_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PipelineTestHostTests : IAsyncDisposable
{
    private readonly PipelineTestHost _host = new(services =>
    {
        services.AddSingleton(TimeProvider.System).AddSingleton(Mock.Of<IPrices>()).AddSingleton(Channel.CreateUnbounded<int>().Reader);
        services.AddStreamz()
            .AddPipeline<int>("orders", (orders, provider) => orders
                .Map(provider.GetRequiredService<IPrices>().Of, options: new NodeOptions { Name = "price" })
                .Partition(10, TimeSpan.FromSeconds(5))
                .Sink(_ => throw new InvalidOperationException("The real sink."), options: new NodeOptions { Name = "save", Capacity = 1 }))
            .AddPipeline("queue", provider => StreamSource.FromChannel(provider.GetRequiredService<ChannelReader<int>>(), options: null)
                .Named("read")
                .Map(value => 12 / value)
                .Sink(_ => throw new InvalidOperationException("The real sink."), options: new NodeOptions { Name = "write" }))
            .RestartOnFault(new PipelineRestartOptions { Delay = TimeSpan.FromSeconds(1), UseJitter = false });
    });

    public interface IPrices
    {
        int Of(int order);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Test]
    public async Task ReplaceSink_BatchesByAge_ArriveWhenTheClockHasMoved()
    {
        var prices = new Mock<IPrices>();
        prices.Setup(each => each.Of(It.IsAny<int>())).Returns((int order) => order * 100);
        _host.Services.AddSingleton(prices.Object);
        var saved = _host.ReplaceSink<IReadOnlyList<int>>("orders", "save");
        _host.ReplaceSource<int>("queue", "read");
        await _host.StartAsync();

        await _host.Emitter<int>("orders").EmitAsync(1);
        await _host.Emitter<int>("orders").EmitAsync(2);
        await _host.AdvanceAsync(TimeSpan.FromSeconds(4));
        await saved.ExpectNothingAsync();
        await _host.AdvanceAsync(TimeSpan.FromSeconds(1));

        await saved.ExpectNextAsync([100, 200]);
        prices.Verify(each => each.Of(2), Times.Once);
        await _host.StopAsync();
        await saved.ExpectCompletedAsync();
        Assert.That(saved.Received, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task ReplaceSink_OnDemand_HoldsUpWhatIsInFront()
    {
        var saved = _host.ReplaceSink<IReadOnlyList<int>>("orders", "save", onDemand: true);
        await _host.StartAsync();
        for (var order = 0; order < 20; order++)
        {
            await _host.Emitter<int>("orders").EmitAsync(order);
        }

        await saved.ExpectNothingAsync();
        saved.Request(1);
        Assert.That(await saved.ExpectNextAsync(), Has.Count.EqualTo(10));
        await saved.ExpectNothingAsync();
        saved.Request(2);
        Assert.That(await saved.ExpectNextAsync(), Has.Count.EqualTo(10));
    }

    [Test]
    public async Task ReplaceSource_TheRunFailsAndIsStartedAgain_TheEndsAreThere()
    {
        var read = _host.ReplaceSource<int>("queue", "read");
        var written = _host.ReplaceSink<int>("queue", "write");
        await _host.StartAsync();

        await read.EmitAsync(3);
        await written.ExpectNextAsync(4);
        await read.EmitAsync(0);
        await UntilAsync(() => _host.Pipeline("queue").State == PipelineState.Restarting);
        while (_host.Pipeline("queue").State != PipelineState.Running)
        {
            await _host.AdvanceAsync(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await read.EmitAsync(6);
        await written.ExpectNextAsync(2);
        read.Complete();
        await written.ExpectCompletedAsync();
    }

    [Test]
    public void StartAsync_WhatIsReplacedIsNotThere_AllFaultsAreListed()
    {
        _host.ReplaceSink<int>("orders", "save");
        _host.ReplaceSink<int>("orders", "store");
        _host.ReplaceSink<int>("orders", "price");
        _host.ReplaceSource<int>("orders", "orders");
        _host.ReplaceSource<string>("queue", "read");
        _host.Services.AddStreamz().AddPipeline<int>("own", (own, _) => own.Sink(_ => { }), new StreamOptions());

        Assert.That(
            Assert.ThrowsAsync<PipelineValidationException>(() => _host.StartAsync()).Errors,
            Is.EqualTo(new[]
            {
                "orders: 'save' takes elements of type IReadOnlyList<Int32>, and what replaces it is for Int32.",
                "orders: no node is named 'store', so that it cannot be replaced. Those with a name are 'orders', 'price', 'save'.",
                "orders: 'price' is no sink, so that no probe can take its place. Name the sink itself.",
                "orders: 'orders' is what the test emits into anyway. Use Emitter<Int32>().",
                "queue: 'read' gives elements of type Int32, and what replaces it is for String.",
                "own: its StreamOptions state a TimeProvider of their own, so that its time is not the test's. Take the TimeProvider from the services.",
            }));
    }

    [Test]
    public void StartAsync_ThePipelineIsNotThere_IsRefused()
    {
        _host.ReplaceSink<int>("order", "save");

        Assert.That(
            () => _host.StartAsync(),
            Throws.TypeOf<PipelineValidationException>().With.Message.Contains("No pipeline is named 'order'").And.Message.Contains("Registered are 'orders', 'queue'."));
    }

    [Test]
    public async Task ExpectNextAsync_SomethingElseHasArrived_TheTextSaysBoth()
    {
        var saved = _host.ReplaceSink<IReadOnlyList<int>>("orders", "save");
        await _host.StartAsync();
        Assert.That(
            () => saved.ExpectNextAsync([1]),
            Throws.TypeOf<ProbeException>().With.Message.EqualTo("'save' of the pipeline 'orders' was to receive [[1]] next, and has received nothing."));
        Assert.That(saved.ExpectCompletedAsync, Throws.TypeOf<ProbeException>().With.Message.Contains("was to have ended, and has not"));

        await _host.Emitter<int>("orders").EmitAsync(1);
        await _host.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.That(
            () => saved.ExpectNextAsync([1], [2]),
            Throws.TypeOf<ProbeException>().With.Message.EqualTo("'save' of the pipeline 'orders' was to receive [[1], [2]] next, and has received [[0]]."));

        await _host.Emitter<int>("orders").EmitAsync(1);
        await _host.StopAsync();
        Assert.That(saved.ExpectNothingAsync, Throws.TypeOf<ProbeException>().With.Message.Contains("was to receive nothing more, and has received [[0]]"));
    }

    [Test]
    public async Task Use_InTheWrongOrder_IsRefused()
    {
        Assert.That(() => _host.Provider, Throws.InvalidOperationException);
        Assert.That(() => _host.AdvanceAsync(TimeSpan.FromSeconds(1)), Throws.InvalidOperationException);
        var saved = _host.ReplaceSink<IReadOnlyList<int>>("orders", "save");
        Assert.That(() => _host.ReplaceSink<int>("orders", "save"), Throws.ArgumentException);
        Assert.That(() => saved.Request(0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => saved.ExpectNextAsync([]), Throws.ArgumentException);

        await _host.StartAsync();

        Assert.That(() => _host.StartAsync(), Throws.InvalidOperationException);
        Assert.That(() => _host.ReplaceSource<int>("queue", "read"), Throws.InvalidOperationException);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }
}
