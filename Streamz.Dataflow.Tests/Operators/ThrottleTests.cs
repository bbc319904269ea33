using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

[CancelAfter(60_000)]
internal sealed class ThrottleTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test]
    public async Task Throttle_Burst_LetsTheFirstThroughAndCountsTheRest()
    {
        var run = new Arrivals<int, int>(stream => stream.Throttle(2 * s_second));
        var deliveries = new List<Task<DeliveryOutcome>>();
        for (var value = 0; value < 5; value++)
        {
            deliveries.Add(run.Source.DeliverAsync(value));
            await run.Pipeline.AdvanceAsync(run.Clock, s_second).Soon();
        }

        Assert.That(run.Seen, Is.EqualTo(new[] { (0.0, 0), (2.0, 2), (4.0, 4) }), "What comes exactly at the end of the interval goes through.");
        Assert.That((await Task.WhenAll(deliveries).Soon())[1], Is.EqualTo(DeliveryOutcome.Dropped));
        Assert.That(run.Pipeline.GetSnapshot().Nodes.Single(node => node.Name == "throttle 2 s").Dropped, Is.EqualTo(2));
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Throttle_SecondRun_BeginsAnew()
    {
        var run = new Arrivals<int, int>(stream => stream.Throttle(TimeSpan.FromDays(1)));
        await run.Source.EmitAllAsync([1, 2]).Soon();
        await run.Source.CompleteAsync().Soon();
        await run.Pipeline.Completion.Soon();
        run.Source.Start();
        await run.Source.EmitAsync(3).Soon();
        await run.Source.CompleteAsync().Soon();

        Assert.That(run.Values, Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public void Throttle_IntervalNotAboveZero_NamesTheParameter() =>
        Assert.That(
            () => new StreamSource<int>().Throttle(TimeSpan.Zero),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("interval"));
}
