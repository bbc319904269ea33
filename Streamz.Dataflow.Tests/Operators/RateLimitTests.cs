using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class RateLimitTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test]
    public async Task RateLimit_Burst_PassesAtExactIntervals()
    {
        var run = new Arrivals<int, int>(stream => stream.RateLimit(2 * s_second));
        var emits = Enumerable.Range(0, 5).Select(value => run.Source.EmitAsync(value).AsTask()).ToList();

        await run.Pipeline.AdvanceAsync(run.Clock, 10 * s_second, s_second).Soon();

        Assert.That(run.Seen, Is.EqualTo(new[] { (0.0, 0), (2.0, 1), (4.0, 2), (6.0, 3), (8.0, 4) }));
        await Task.WhenAll(emits).Soon();
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task RateLimit_Idle_SavesUpNoCredit()
    {
        var run = new Arrivals<int, int>(stream => stream.RateLimit(2 * s_second));
        await run.Source.EmitAsync(0);
        await run.Pipeline.AdvanceAsync(run.Clock, 10 * s_second).Soon();
        var emits = Enumerable.Range(1, 3).Select(value => run.Source.EmitAsync(value).AsTask()).ToList();

        await run.Pipeline.AdvanceAsync(run.Clock, 6 * s_second, s_second).Soon();

        Assert.That(run.Seconds, Is.EqualTo(new[] { 0.0, 10.0, 12.0, 14.0 }));
        await Task.WhenAll(emits).Soon();
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public async Task RateLimit_Emits_AreAdmittedWhenTheOneBeforeHasLeft()
    {
        var run = new Arrivals<int, int>(stream => stream.RateLimit(2 * s_second));
        var emits = Enumerable.Range(0, 4).Select(value => run.Source.EmitAsync(value).AsTask()).ToList();

        await run.Pipeline.SettleAsync().Soon();
        Assert.That(run.Pipeline.GetSnapshot().Nodes[0].Received, Is.EqualTo(2), "The first has left at once, and the second waits for the clock.");
        await run.Pipeline.AdvanceAsync(run.Clock, 2 * s_second).Soon();
        Assert.That(run.Pipeline.GetSnapshot().Nodes[0].Received, Is.EqualTo(3));

        await run.Pipeline.AdvanceAsync(run.Clock, 4 * s_second, s_second).Soon();
        await Task.WhenAll(emits).Soon();
        await run.Source.CompleteAsync().Soon();
    }

    [Test]
    public void RateLimit_IntervalNotAboveZero_NamesTheParameter()
    {
        var source = new StreamSource<int>();
        Assert.That(
            () => source.RateLimit(-s_second),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("interval").And.Property("ActualValue").EqualTo(-s_second));
        Assert.That(source.RateLimit(s_second / 2).Node.Label, Is.EqualTo("rate_limit 500 ms"));
    }
}
