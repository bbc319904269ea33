using Streamz.Dataflow.Dashboard;

namespace Streamz.Dataflow.Tests.Dashboard;

[TestFixture]
internal sealed class DashboardOptionsTests
{
    [Test]
    public void Options_ByDefault_ShowNoElementsAndHaveNoControls()
    {
        var options = DashboardOptions.Create(null);

        Assert.That((options.ShowElements, options.ControlsPolicy, options.Interval), Is.EqualTo((false, (string?)null, TimeSpan.FromMilliseconds(500))));
    }

    [Test]
    public void Options_OutOfRange_AreRefusedByValue() => Assert.Multiple(() =>
    {
        Assert.That(() => DashboardOptions.Create(options => options.Interval = TimeSpan.FromMilliseconds(100)), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("00:00:00.1"));
        Assert.That(() => DashboardOptions.Create(options => options.Interval = TimeSpan.FromHours(1)), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("01:00:00"));
        Assert.That(() => DashboardOptions.Create(options => options.History = 9), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("9"));
        Assert.That(() => DashboardOptions.Create(options => options.ControlsPolicy = " "), Throws.ArgumentException.With.Message.Contains("ControlsPolicy"));
    });
}
