using Streamz.Dataflow.Dashboard;
using Streamz.Dataflow.Dashboard.Components;

namespace Streamz.Dataflow.Tests.Dashboard;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class AnnouncementsTests
{
    private static readonly NodeStatus s_price = new(1, "price", "map", "elementwise");

    private readonly Announcements _announcements = new();

    public AnnouncementsTests() => Tell(0);

    [Test]
    public void Next_NothingNew_IsSilent() => Assert.That(Tell(60), Is.Null);

    [Test]
    public void Next_BottleneckComesAndGoes_IsTold()
    {
        Assert.That(Tell(10, [s_price with { IsBottleneck = true }]), Is.EqualTo("Bottleneck: price."));
        Assert.That(Tell(20, [s_price with { IsBottleneck = true }]), Is.Null);
        Assert.That(Tell(30), Is.EqualTo("There is no bottleneck any more."));
    }

    [TestCase(1, ExpectedResult = "One more element has failed.")]
    [TestCase(1_500, ExpectedResult = "1,500 more elements have failed.")]
    public string? Next_ElementsHaveFailed_AreCounted(int failed) => Tell(10, failed: failed);

    [Test]
    public void Next_PipelineIsStartedAgain_CountsFromZero()
    {
        Tell(10, failed: 7);

        Assert.That(Tell(20, failed: 3), Is.EqualTo("3 more elements have failed."));
    }

    [Test]
    public void Next_PipelineFails_SaysWhy() =>
        Assert.That(Tell(10, state: "Faulted", fault: "No space."), Is.EqualTo("The pipeline is faulted. It has failed: No space."));

    [Test]
    public void Next_NewsInQuickSuccession_AreToldTogetherAfterAPause()
    {
        Tell(10, failed: 1);

        Assert.That(Tell(12, failed: 2), Is.Null);
        Assert.That(Tell(14, failed: 5), Is.Null);
        Assert.That(Tell(16, failed: 5), Is.EqualTo("4 more elements have failed."));
    }

    private string? Tell(int seconds, IReadOnlyList<NodeStatus>? nodes = null, int failed = 0, string state = "Running", string? fault = null) =>
        _announcements.Next(new PipelineStatus("orders", state, fault, 0, DateTimeOffset.UnixEpoch.AddSeconds(seconds), nodes ?? [s_price], []) { Failed = failed });
}
