using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture]
internal sealed class FromPeriodicTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Test, CancelAfter(30_000)]
    public async Task FromPeriodic_Started_CallsAtOnceAndThenEachInterval()
    {
        var clock = new FakeTimeProvider();
        var count = 0;
        var list = StreamSource.FromPeriodic(s_second, () => ++count, new StreamOptions { TimeProvider = clock }).SinkToList();
        await using var pipeline = list.Start();

        await pipeline.SettleAsync();
        var atOnce = list.ToList();
        await pipeline.AdvanceAsync(clock, s_second / 2);
        var early = list.ToList();
        await pipeline.AdvanceAsync(clock, 3.5 * s_second, s_second / 2);

        Assert.That(atOnce, Is.EqualTo(new[] { 1 }));
        Assert.That(early, Is.EqualTo(new[] { 1 }));
        Assert.That(list, Is.EqualTo(new[] { 1, 2, 3, 4, 5 }));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromPeriodic_ClockJumps_DoesNotMakeUpForCallsThatWereMissed()
    {
        var clock = new FakeTimeProvider();
        var count = 0;
        var list = StreamSource.FromPeriodic(s_second, () => ++count, new StreamOptions { TimeProvider = clock }).SinkToList();
        await using var pipeline = list.Start();

        await pipeline.AdvanceAsync(clock, 10.5 * s_second);
        var afterTheJump = list.ToList();
        await pipeline.AdvanceAsync(clock, 0.5 * s_second);

        Assert.That(afterTheJump, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(list, Is.EqualTo(new[] { 1, 2, 3 }), "The rhythm is that of the start.");
    }

    [Test, CancelAfter(30_000)]
    public void FromPeriodic_FunctionThrows_StopsThePipelineUnderItsName()
    {
        var list = StreamSource.FromPeriodic<int>(s_second, () => throw new InvalidDataException("none")).Named("poll").SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion);

        Assert.That(failure!.NodeName, Is.EqualTo("poll"));
    }

    [Test]
    public void FromPeriodic_IntervalNotPositive_IsRefused() =>
        Assert.That(() => StreamSource.FromPeriodic(TimeSpan.Zero, () => 1), Throws.TypeOf<ArgumentOutOfRangeException>());
}
