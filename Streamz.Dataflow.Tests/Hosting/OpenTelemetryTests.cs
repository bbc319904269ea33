using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Tests.Hosting;

/// <summary>The exporter of OpenTelemetry sees what the documentation names.</summary>
[CancelAfter(30_000), NonParallelizable]
public sealed class OpenTelemetryTests
{
    [Test]
    public async Task Metrics_PipelineHasRun_AreExportedByName()
    {
        var metrics = new List<Metric>();
        using var host = Build("metered", (source, _) => source
            .Filter(x => x > 0)
            .Map(x => 12 / (x - 2), options: new NodeOptions { Name = "divide", OnError = ErrorPolicy.Skip })
            .Sink(_ => { }, options: new NodeOptions { Name = "save", Capacity = 7 }), metrics, []);
        await host.StartAsync();
        var emitter = host.Services.GetRequiredService<IEmitter<int>>();

        // Times are taken from the first collection on.
        host.Services.GetRequiredService<MeterProvider>().ForceFlush();
        foreach (var x in new[] { 0, 1, 2, 3 })
        {
            await emitter.DeliverAsync(x);
        }

        metrics.Clear();
        host.Services.GetRequiredService<MeterProvider>().ForceFlush();
        await host.StopAsync();

        Assert.That(metrics.Select(metric => metric.Name), Is.SupersetOf(new[]
        {
            "streamz.node.element.received", "streamz.node.element.sent", "streamz.node.element.dropped", "streamz.node.element.failed",
            "streamz.node.element.retried", "streamz.node.element.dead_lettered", "streamz.node.element.abandoned",
            "streamz.node.queue.size", "streamz.node.queue.capacity", "streamz.node.queue.waiting",
            "streamz.node.time", "streamz.pipeline.latency", "streamz.pipeline.active",
        }));
        Assert.That(Sum(metrics, "streamz.node.element.received", "metered", "metered"), Is.EqualTo(4));
        Assert.That(Sum(metrics, "streamz.node.element.received", "metered", "divide"), Is.EqualTo(3));
        Assert.That(Sum(metrics, "streamz.node.element.sent", "metered", "divide"), Is.EqualTo(2));
        Assert.That(Sum(metrics, "streamz.node.element.failed", "metered", "divide"), Is.EqualTo(1));
        Assert.That(Sum(metrics, "streamz.node.element.dropped", "metered", "divide"), Is.EqualTo(1));
        Assert.That(Sum(metrics, "streamz.node.queue.capacity", "metered", "save"), Is.EqualTo(7));
        var latencies = Points(metrics, "streamz.pipeline.latency", "metered").ToList();
        Assert.That(latencies.Sum(point => point.GetHistogramCount()), Is.EqualTo(4));
        Assert.That(latencies.Select(point => TagOf(point, "streamz.element.outcome")), Is.EquivalentTo(new[] { "delivered", "dropped" }));
        Assert.That(metrics.Find(metric => metric.Name == "streamz.pipeline.latency")!.Unit, Is.EqualTo("s"));
        Assert.That(
            Points(metrics, "streamz.node.time", "metered").Where(point => TagOf(point, "streamz.node.name") == "save").Select(point => TagOf(point, "streamz.node.state")),
            Is.EquivalentTo(new[] { "busy", "idle", "held_back", "timed" }));
    }

    [Test]
    public async Task Metrics_PipelineRunsAgain_CountersGoOn()
    {
        var metrics = new List<Metric>();
        using var host = Build("again", (source, _) => source.Map(x => 1 / x).Sink(_ => { }), metrics, [],
            pipeline => pipeline.RestartOnFault(new PipelineRestartOptions { Delay = TimeSpan.Zero }));
        await host.StartAsync();
        var pipeline = host.Services.GetRequiredService<IPipeline<int>>();
        host.Services.GetRequiredService<MeterProvider>().ForceFlush();

        await pipeline.DeliverAsync(1);
        Assert.That(async () => await pipeline.DeliverAsync(0), Throws.TypeOf<NodeFailedException>());
        while (pipeline is not { Restarts: 1, State: PipelineState.Running })
        {
            await Task.Yield();
        }

        await pipeline.DeliverAsync(1);
        metrics.Clear();
        host.Services.GetRequiredService<MeterProvider>().ForceFlush();
        await host.StopAsync();

        Assert.That(Sum(metrics, "streamz.node.element.received", "again", "again"), Is.EqualTo(3));
    }

    [Test]
    public async Task Traces_ThroughABatch_LinkEmitNodesBatchAndSink()
    {
        var spans = new List<Activity>();
        using var host = Build("traced", (source, _) => source
            .Map(x => x + 1, options: new NodeOptions { Name = "price" })
            .Buffer(4)
            .Partition(2)
            .Sink(async _ => await Task.Yield(), options: new NodeOptions { Name = "save" }), [], spans);
        await host.StartAsync();
        var emitter = host.Services.GetRequiredService<IEmitter<int>>();

        var callers = new List<Activity>();
        for (var x = 0; x < 2; x++)
        {
            using var caller = new Activity("POST /orders").SetIdFormat(ActivityIdFormat.W3C);
            caller.ActivityTraceFlags = ActivityTraceFlags.Recorded;
            callers.Add(caller.Start());
            await emitter.EmitAsync(x);
        }

        await host.StopAsync();

        var emits = spans.FindAll(span => span.OperationName == "emit traced");
        var prices = spans.FindAll(span => span.OperationName == "price");
        var saves = spans.FindAll(span => span.OperationName == "save");
        Assert.That(emits.Select(span => span.ParentSpanId), Is.EqualTo(callers.Select(caller => caller.SpanId)), "The trace of the caller goes on.");
        Assert.That(emits.Select(span => span.Kind), Has.All.EqualTo(ActivityKind.Producer));
        Assert.That(prices.Select(span => span.ParentSpanId), Is.EqualTo(emits.Select(span => span.SpanId)));
        Assert.That(saves, Has.Count.EqualTo(1));
        Assert.That(saves[0].Links.Select(link => link.Context.TraceId), Is.EqualTo(callers.Select(caller => caller.TraceId)), "A batch has all its parents.");
        Assert.That(prices[0].GetTagItem("streamz.pipeline.name"), Is.EqualTo("traced"));
        Assert.That(prices[0].GetTagItem("streamz.node.name"), Is.EqualTo("price"));
    }

    [Test, DefaultMode]
    public async Task Traces_FusedNodes_HaveAnActivityEachAndFailuresAreMarked()
    {
        var spans = new List<Activity>();
        using var host = Build("fused", (source, _) => source
            .Map(x => x, options: new NodeOptions { Name = "first" })
            .Map(x => 1 / x, options: new NodeOptions { Name = "second", OnError = ErrorPolicy.Skip })
            .Sink(_ => { }, options: new NodeOptions { Name = "last" }), [], spans);
        await host.StartAsync();
        var emitter = host.Services.GetRequiredService<IEmitter<int>>();

        await emitter.DeliverAsync(7);
        using (var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C))
        {
            caller.ActivityTraceFlags = ActivityTraceFlags.Recorded;
            caller.Start();
            await emitter.DeliverAsync(1);
            await emitter.DeliverAsync(0);
            Assert.That(Activity.Current, Is.SameAs(caller));
        }

        await host.StopAsync();

        var first = spans.FindAll(span => span.OperationName == "first");
        var second = spans.FindAll(span => span.OperationName == "second");
        var last = spans.FindAll(span => span.OperationName == "last");
        Assert.That((first.Count, second.Count, last.Count), Is.EqualTo((2, 2, 1)), "What was emitted outside of any trace has none.");
        Assert.That(second.Select(span => span.ParentSpanId), Is.EqualTo(first.Select(span => span.SpanId)));
        Assert.That(last[0].ParentSpanId, Is.EqualTo(second[0].SpanId));
        Assert.That(second.Select(span => span.Status), Is.EqualTo(new[] { ActivityStatusCode.Unset, ActivityStatusCode.Error }));
        Assert.That(second[1].GetTagItem("error.type"), Is.EqualTo("System.DivideByZeroException"));
    }

    private static IHost Build(
        string name,
        Action<StreamSource<int>, IServiceProvider> define,
        List<Metric> metrics,
        List<Activity> spans,
        Action<PipelineBuilder>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddOpenTelemetry()
            .WithMetrics(meters => meters.AddMeter("Streamz.Dataflow").AddInMemoryExporter(metrics))
            .WithTracing(traces => traces.AddSource("Streamz.Dataflow").AddInMemoryExporter(spans));
        var pipeline = builder.Services.AddStreamz().AddPipeline<int>(name, define);
        configure?.Invoke(pipeline);
        return builder.Build();
    }

    // The process has other pipelines, which other tests have run.
    private static List<MetricPoint> Points(List<Metric> metrics, string name, string pipeline)
    {
        var points = new List<MetricPoint>();
        foreach (ref readonly var point in metrics.Find(metric => metric.Name == name)!.GetMetricPoints())
        {
            if (TagOf(point, "streamz.pipeline.name") == pipeline)
            {
                points.Add(point);
            }
        }

        return points;
    }

    private static long Sum(List<Metric> metrics, string name, string pipeline, string node) =>
        Points(metrics, name, pipeline).Where(point => TagOf(point, "streamz.node.name") == node).Sum(point => point.GetSumLong());

    private static string? TagOf(MetricPoint point, string key)
    {
        foreach (var tag in point.Tags)
        {
            if (tag.Key == key)
            {
                return (string?)tag.Value;
            }
        }

        return null;
    }
}
