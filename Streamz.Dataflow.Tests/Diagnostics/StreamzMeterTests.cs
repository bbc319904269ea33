using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Tests.States;

namespace Streamz.Dataflow.Tests.Diagnostics;

[CancelAfter(30_000), NonParallelizable]
public sealed class StreamzMeterTests
{
    [Test]
    public async Task Latency_ElementIsHeld_IsTheTimeFromAcceptanceToDelivery()
    {
        var clock = new FakeTimeProvider();
        var latencies = new ConcurrentQueue<(double Seconds, string? Pipeline, string? Outcome)>();
        using var listener = Listen("streamz.pipeline.latency");
        listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => latencies.Enqueue((seconds, Tag(tags, "streamz.pipeline.name"), Tag(tags, "streamz.element.outcome"))));
        listener.Start();
        var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock, Name = "latency" });
        source.Partition(2).Sink(_ => { });

        await source.EmitAsync(1);
        clock.Advance(TimeSpan.FromSeconds(3));
        await source.EmitAsync(2);
        await source.CompleteAsync();

        Assert.That(latencies.Where(each => each.Pipeline == "latency").OrderBy(each => each.Seconds), Is.EqualTo(new[] { (0.0, "latency", "delivered"), (3.0, "latency", "delivered") }));
    }

    [Test]
    public async Task Latency_SourceProduces_IsMeasuredToo()
    {
        var outcomes = new ConcurrentQueue<string?>();
        using var listener = Listen("streamz.pipeline.latency");
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            if (Tag(tags, "streamz.pipeline.name") == "produced")
            {
                outcomes.Enqueue(Tag(tags, "streamz.element.outcome"));
            }
        });
        listener.Start();
        var sink = StreamSource.FromEnumerable([0, 1], new StreamOptions { Name = "produced", OnError = ErrorPolicy.Skip }).Map(x => 1 / x).Sink(_ => { });

        await sink.Start().Completion;

        Assert.That(outcomes, Is.EquivalentTo(new[] { "dropped", "delivered" }));
    }

    [Test]
    public async Task Latency_SourceWhoseStatesAreSaved_IsMeasuredToo()
    {
        var latencies = new ConcurrentQueue<double>();
        using var listener = Listen("streamz.pipeline.latency");
        listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) =>
        {
            if (Tag(tags, "streamz.pipeline.name") == "saved")
            {
                latencies.Enqueue(seconds);
            }
        });
        listener.Start();
        var options = new StreamOptions { Name = "saved", Checkpoints = new CheckpointOptions(new InMemoryCheckpointStore(), "test") { SaveStates = true } };
        var numbers = NumbersSource.Create(3, options, ends: true);
        numbers.Sink(_ => { });

        await numbers.Start().Completion;

        Assert.That(latencies, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Counters_RunEndsBeforeTheFirstCollection_HaveItsCounts()
    {
        var received = new Dictionary<string, long>();
        using var listener = Listen("streamz.node.element.received");
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            if (Tag(tags, "streamz.pipeline.name") == "short")
            {
                received.Add(Tag(tags, "streamz.node.name")!, count);
            }
        });
        listener.Start();
        await StreamSource.FromEnumerable([1, 2, 3], new StreamOptions { Name = "short" })
            .Sink(_ => { }, options: new NodeOptions { Name = "save" })
            .Start().Completion;

        listener.RecordObservableInstruments();

        Assert.That(received["save"], Is.EqualTo(3));
    }

    [Test]
    public async Task Sent_NodeWithBranches_CountsEachElementOnce()
    {
        var source = new StreamSource<int>();
        var doubled = source.Map(x => x * 2, options: new NodeOptions { Name = "double" });
        doubled.Sink(_ => { });
        doubled.Sink(_ => { });
        var pipeline = source.Start();
        await source.EmitAllAsync([1, 2, 3]);
        await source.CompleteAsync();

        var nodes = pipeline.GetSnapshot().Nodes;
        Assert.That(nodes.Single(node => node.Name == "double").Sent, Is.EqualTo(3));
        Assert.That(nodes.Single(node => node.Kind == NodeKind.Source).Sent, Is.EqualTo(3));
        Assert.That(nodes.Where(node => node.Kind == NodeKind.Sink), Has.All.Property(nameof(NodeSnapshot.Sent)).EqualTo(0));
    }

    [Test]
    public async Task Sent_BranchesComeAndGo_NeverGoesBack()
    {
        var source = new StreamSource<int>();
        var doubled = source.Map(x => x * 2, options: new NodeOptions { Name = "double" });
        doubled.Sink(_ => { }, options: new NodeOptions { Name = "first" });
        var pipeline = source.Start();
        await source.EmitAllAsync([1, 2, 3]);
        await pipeline.WhenIdleAsync();

        StreamSink? second = null;
        await pipeline.EditAsync(_ => second = doubled.Sink(_ => { }, options: new NodeOptions { Name = "second" }));
        await source.EmitAsync(4);
        await pipeline.WhenIdleAsync();
        await pipeline.EditAsync(edit => edit.Find("first").Detach());
        await source.EmitAsync(5);
        await source.CompleteAsync();

        Assert.That(pipeline.GetSnapshot().Nodes.Single(node => node.Name == "double").Sent, Is.EqualTo(5));
    }

    [Test]
    public void Pipeline_WithoutAStatedName_IsCalledAfterItsFirstSource()
    {
        var source = new StreamSource<int>().Named("orders");
        source.Sink(_ => { });
        var stated = new StreamSource<int>(new StreamOptions { Name = "shop" }).Named("orders");
        stated.Sink(_ => { });

        Assert.That((source.Start().Name, stated.Start().Name), Is.EqualTo(("orders", "shop")));
    }

    private static MeterListener Listen(string name) => new()
    {
        InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Streamz.Dataflow" && instrument.Name == name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        },
    };

    private static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string key)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == key)
            {
                return (string?)tag.Value;
            }
        }

        return null;
    }
}
