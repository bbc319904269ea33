using Streamz.Dataflow.Dashboard.Watching;

namespace Streamz.Dataflow.Tests.Dashboard;

[TestFixture]
internal sealed class LatencyHistogramTests
{
    [Test]
    public void Take_Values_GivesQuantilesToATenth()
    {
        var histogram = new LatencyHistogram();
        foreach (var milliseconds in Enumerable.Range(1, 1000))
        {
            histogram.Add(milliseconds / 1000d);
        }

        var latency = histogram.Take()!;

        Assert.That(latency.Count, Is.EqualTo(1000));
        Assert.That(latency.P50, Is.EqualTo(500).Within(10).Percent);
        Assert.That(latency.P95, Is.EqualTo(950).Within(10).Percent);
        Assert.That(latency.P99, Is.EqualTo(990).Within(10).Percent);
    }

    [TestCase(0)]
    [TestCase(1e-9)]
    [TestCase(1e9)]
    public void Take_ValueOutOfRange_IsCounted(double seconds)
    {
        var histogram = new LatencyHistogram();

        histogram.Add(seconds);

        Assert.That(histogram.Take()?.Count, Is.EqualTo(1));
        Assert.That(histogram.Take(), Is.Null);
    }
}
