using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(60_000)]
internal sealed class DebounceTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test]
    public async Task Debounce_Burst_EmitsItsLastWhenItIsQuiet()
    {
        var run = new Arrivals<int, int>(stream => stream.Debounce(2 * s_second));
        var deliveries = new List<Task<DeliveryOutcome>>();
        for (var value = 0; value < 3; value++)
        {
            deliveries.Add(run.Source.DeliverAsync(value));
            await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        }

        Assert.That(run.Seen, Is.Empty);
        await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();

        Assert.That(run.Seen, Is.EqualTo(new[] { (4.0, 2) }));
        Assert.That(await Task.WhenAll(deliveries).Soon(), Is.EqualTo(new[] { DeliveryOutcome.Dropped, DeliveryOutcome.Dropped, DeliveryOutcome.Delivered }));
        Assert.That(run.Pipeline.GetSnapshot().Nodes.Single(node => node.Name == "debounce 2 s").Dropped, Is.EqualTo(2));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Debounce_End_EmitsWhatItHolds()
    {
        var run = new Arrivals<int, int>(stream => stream.Debounce(2 * s_second));
        await run.Source.EmitAllAsync([1, 2]).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Seen, Is.EqualTo(new[] { (0.0, 2) }));
    }

    [Test]
    public async Task Debounce_BusyConsumer_JudgesByTheTimesOfArrival()
    {
        var writer = new GatedWriter<int>();
        var run = new Arrivals<int, int>(stream => stream.Debounce(2 * s_second).MapAsync(writer.CallAsync), new StreamOptions { Capacity = 8 });
        var deliveries = new List<Task<DeliveryOutcome>> { run.Source.DeliverAsync(1) };
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second).Soon();
        Assert.That(writer.Started, Is.EqualTo(new[] { 1 }));
        deliveries.Add(run.Source.DeliverAsync(2));
        await run.Pipeline.AdvanceAsync(run.Clock, 3 * s_second).Soon();
        writer.FinishCallOf(1);
        await run.Pipeline.SettleAsync().Soon();
        Assert.That(writer.Started, Is.EqualTo(new[] { 1, 2 }), "It was quiet for two seconds while the consumer was busy.");
        writer.FinishCallOf(2);

        Assert.That(await Task.WhenAll(deliveries).Soon(), Is.All.EqualTo(DeliveryOutcome.Delivered));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public void Debounce_QuietTimeNotAboveZero_NamesTheParameter() =>
        Assert.That(
            () => new StreamSource<int>().Debounce(TimeSpan.Zero),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("quietTime"));
}
