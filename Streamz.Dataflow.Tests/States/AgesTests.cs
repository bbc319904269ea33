using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Tests.States;

[TestFixture]
internal sealed class AgesTests
{
    [Test]
    public void GetTimestampBefore_ClockThatCountsMilliseconds_CountsThemToo()
    {
        var clock = new MillisecondClock();

        Assert.That(clock.GetTimestampBefore(TimeSpan.FromSeconds(2)), Is.EqualTo(3_000));
        Assert.That(clock.GetElapsedTime(clock.GetTimestampBefore(TimeSpan.FromSeconds(7))), Is.EqualTo(TimeSpan.FromSeconds(7)));
    }

    private sealed class MillisecondClock : TimeProvider
    {
        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => 5_000;
    }
}
