using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Parity;

/// <summary>What streamz pins of back-pressure, buffers and rates, in virtual time.</summary>
[TestFixture]
public sealed class FlowParityTests
{
    private static readonly TimeSpan s_tenth = TimeSpan.FromMilliseconds(100);

    [Test]
    [Parity("3.1", "test_backpressure", "=")]
    public async Task EmitAsync_SlowBoundedSink_IsPaced()
    {
        var clock = new FakeTimeProvider();
        var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock });
        source.RateLimit(s_tenth, new NodeOptions { Capacity = 2 }).SinkToList();
        var pipeline = source.Start();

        var admitted = new List<double>();
        var emits = Task.Run(async () =>
        {
            for (var i = 0; i < 5; i++)
            {
                await source.EmitAsync(i);
                admitted.Add((clock.GetUtcNow() - clock.Start).TotalSeconds);
            }
        });
        while (!emits.IsCompleted)
        {
            await pipeline.AdvanceAsync(clock, s_tenth).Soon();
        }

        await emits.Soon();
        Assert.That(admitted[^1], Is.GreaterThanOrEqualTo(0.2));
        await CompleteAsync(source, pipeline, clock);
    }

    [Test]
    [Parity("3.1", "test_rate_limit", "=")]
    public async Task RateLimit_FiveElements_AreSpacedAndNoneIsLost()
    {
        var clock = new FakeTimeProvider();
        var source = new StreamSource<int>(new StreamOptions { TimeProvider = clock });
        var times = new List<(int Element, double At)>();
        source.RateLimit(s_tenth).Sink(x => times.Add((x, (clock.GetUtcNow() - clock.Start).TotalMilliseconds)));
        var pipeline = source.Start();

        var emits = source.EmitTogetherAsync(Enumerable.Range(0, 5));
        await pipeline.AdvanceAsync(clock, s_tenth * 5, s_tenth / 2).Soon();
        await emits.Soon();
        await source.CompleteAsync().Soon();

        Assert.That(times, Is.EqualTo(new[] { (0, 0.0), (1, 100), (2, 200), (3, 300), (4, 400) }));
    }

    [Test]
    [Parity("3.1", "test_buffer", "=")]
    public async Task Buffer_HasRoom_TakesAtOnceThenTheSinkSetsThePace()
    {
        var writer = new GatedWriter<int>();
        var source = new StreamSource<int>();
        source.Buffer(10).Sink(writer.WriteAsync);
        var pipeline = source.Start();

        await source.EmitAllAsync(Enumerable.Range(0, 10)).Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(writer.Started, Is.EqualTo(new[] { 0 }), "Ten were taken while the sink is at its first.");

        var next = source.EmitTogetherAsync(Enumerable.Range(10, 5));
        await pipeline.SettleAsync().Soon();
        Assert.That(next.IsCompleted, Is.False);
        for (var i = 0; i < 15; i++)
        {
            writer.Finish();
            await pipeline.SettleAsync().Soon();
        }

        await next.Soon();
        await source.CompleteAsync().Soon();
        Assert.That(writer.Finished, Is.EqualTo(Enumerable.Range(0, 15)));
    }

    [Test]
    [Parity("3.1", "test_buffer_ref_counts", "=")]
    public async Task Buffer_Waiting_HoldsItsElements()
    {
        var writer = new GatedWriter<int>();
        var source = new StreamSource<int>();
        source.Buffer(5).Sink(writer.WriteAsync);
        var pipeline = source.Start();

        var deliveries = Enumerable.Range(0, 3).Select(x => source.DeliverAsync(x)).ToList();
        await pipeline.SettleAsync().Soon();
        Assert.That(deliveries.Count(delivery => delivery.IsCompleted), Is.Zero);
        writer.Finish();
        await deliveries[0].Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(deliveries.Count(delivery => delivery.IsCompleted), Is.EqualTo(1));
        writer.Finish();
        await pipeline.SettleAsync().Soon();
        writer.Finish();

        Assert.That(await Task.WhenAll(deliveries).Soon(), Is.All.EqualTo(DeliveryOutcome.Delivered));
    }

    [Test, DefaultMode]
    [Parity("3.1", "test_await_syntax", "=")]
    public async Task EmitAsync_ThroughABuffer_RunsAheadByItsBoundOnly()
    {
        var writer = new GatedWriter<int>();
        var source = new StreamSource<int>();
        source.Buffer(3).Sink(writer.WriteAsync);
        var pipeline = source.Start();

        var emits = source.EmitTogetherAsync(Enumerable.Range(0, 6));
        await pipeline.SettleAsync().Soon();
        writer.Finish();
        await pipeline.SettleAsync().Soon();
        Assert.That(emits.IsCompleted, Is.False, "Four places, six elements: two have to leave first.");
        writer.Finish();
        await emits.Soon();
        Assert.That(writer.Finished, Is.EqualTo(new[] { 0, 1 }));

        for (var i = 0; i < 4; i++)
        {
            await pipeline.SettleAsync().Soon();
            writer.Finish();
        }

        await source.CompleteAsync().Soon();
    }

    [Test]
    [Parity("3.1", "test_backpressure_connect_empty_stream", "=")]
    public async Task EmitAsync_NodeThatDoesNothing_BackPressureCrossesIt()
    {
        var writer = new GatedWriter<int>();
        var source = new StreamSource<int>();
        var empty = new StreamSource<int>();
        empty.Sink(writer.WriteAsync);
        source.Map(x => x).Connect(empty);
        var pipeline = source.Start();

        var emits = Enumerable.Range(0, 10).Select(x => source.EmitAsync(x).AsTask()).ToList();
        await pipeline.SettleAsync().Soon();
        Assert.That(emits.Count(emit => emit.IsCompleted), Is.LessThan(4));
        for (var i = 0; i < 10; i++)
        {
            writer.Finish();
            await pipeline.SettleAsync().Soon();
        }

        await Task.WhenAll(emits).Soon();
        Assert.That(writer.Finished, Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Test]
    [Parity("3.1", "test_separate_thread_with_time", "~")]
    public async Task Emit_FromAThread_WaitsForTheAsynchronousSink()
    {
        var writer = new GatedWriter<int>();
        var source = new StreamSource<int>(new StreamOptions { RunOn = RunOn.DedicatedThread() });
        source.Sink(writer.WriteAsync);
        var pipeline = source.Start();

        var firstDone = new TaskCompletionSource();
        var emitting = Task.Run(() =>
        {
            source.Emit(1);
            firstDone.SetResult();
            source.Emit(2);
        });
        await firstDone.Task.Soon();
        await pipeline.SettleAsync().Soon();
        Assert.That(emitting.IsCompleted, Is.False);
        writer.Finish();
        await emitting.Soon();

        Assert.That(writer.Finished, Is.EqualTo(new[] { 1 }));
        await pipeline.SettleAsync().Soon();
        writer.Finish();
        await source.CompleteAsync().Soon();
    }

    private static async Task CompleteAsync(StreamSource<int> source, Pipeline pipeline, FakeTimeProvider clock)
    {
        var completing = source.CompleteAsync();
        while (!completing.IsCompleted)
        {
            await pipeline.AdvanceAsync(clock, s_tenth).Soon();
        }

        await completing;
    }
}
