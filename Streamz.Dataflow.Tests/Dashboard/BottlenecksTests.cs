using Streamz.Dataflow.Dashboard;
using Streamz.Dataflow.Dashboard.Watching;

namespace Streamz.Dataflow.Tests.Dashboard;

[TestFixture]
internal sealed class BottlenecksTests
{
    [TestCase(0.9, 0, 0.8, 0, ExpectedResult = true)]
    [TestCase(0.1, 0.8, 0.8, 0, ExpectedResult = true)]
    [TestCase(0.5, 0, 0.8, 0, ExpectedResult = false)]
    [TestCase(0.9, 0, 0.1, 0, ExpectedResult = false)]
    [TestCase(0.9, 0, 0.1, 3, ExpectedResult = true)]
    public bool Mark_NodeBehindAnother_IsOneIfItHasNoRoomAndIsWaitedFor(double busy, double timed, double heldBackBefore, int waiting)
    {
        var nodes = new Dictionary<int, NodeStatus>
        {
            [1] = new(1, "fast", "map", "elementwise") { Busy = 0.1, HeldBack = heldBackBefore, Timed = 0 },
            [2] = new(2, "slow", "map", "elementwise") { Busy = busy, HeldBack = 0, Timed = timed, Waiting = waiting },
        };

        Bottlenecks.Mark(nodes, [new EdgeStatus(1, 2, 10, IsFeedback: false, IsDeadLetters: false)]);

        Assert.That(nodes[1].IsBottleneck, Is.False);
        return nodes[2].IsBottleneck;
    }

    [Test]
    public void Mark_PausedNode_IsNone()
    {
        var nodes = new Dictionary<int, NodeStatus> { [1] = new(1, "slow", "map", "elementwise") { Busy = 1, HeldBack = 0, Timed = 0, Waiting = 1, IsPaused = true } };

        Bottlenecks.Mark(nodes, []);

        Assert.That(nodes[1].IsBottleneck, Is.False);
    }
}
