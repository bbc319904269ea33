using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Tests.Graph.Rendering;

/// <summary>Tests of the trees of text.</summary>
[TestFixture]
public sealed class TextRendererTests
{
    /// <summary>A branch shows its order and its numbers.</summary>
    [Test]
    public void Render_Branch_IsATree() => AssertText(
        TextRenderer.Render(SampleDrawings.Chain()),
        "Word count",
        "(1) lines: Source<string>",
        "└─ (2) flatten",
        "   └─ (3) map Trim",
        "      ├─ [0] (4) counts: frequencies",
        "      │  └─ (5) sink Print",
        "      └─ [1] (6) partition n=100",
        "         └─ (7) sink WriteBatch");

    /// <summary>What is met again is referred to, and feedback is marked.</summary>
    [Test]
    public void Render_JoinsAndLoops_AreReferredTo() => AssertText(
        TextRenderer.Render(SampleDrawings.Loops(DrawingDirection.LeftToRight)),
        "(1) source",
        "├─ (2) twice: zip",
        "│  └─ (3) map A",
        "│     ├─ (4) map B",
        "│     │  ├─ (5) union",
        "│     │  │  ├─ (6) sink",
        "│     │  │  └─ ↺ (2) twice: zip",
        "│     │  └─ ↺ (3) map A",
        "│     └─ ↺ (3) map A",
        "├─ → (2) twice: zip",
        "└─ → (5) union",
        "(7) alone",
        "(8) cycle 1",
        "└─ (9) cycle 2",
        "   └─ → (8) cycle 1");

    /// <summary>Branches come by their number, not as text.</summary>
    [Test]
    public void Render_ManyBranches_ComeInExecutionOrder() => AssertText(
        TextRenderer.Render(new DrawingBuilder(null).Node(1, "s").Node(2, "a").Node(3, "b").Node(4, "c")
            .Edge(1, 2, "10").Edge(1, 3, "9").Edge(1, 4, "0").Build()),
        "(1) s",
        "├─ [0] (2) c",
        "├─ [9] (3) b",
        "└─ [10] (4) a");

    /// <summary>Feedback may lead to what comes later.</summary>
    [Test]
    public void Render_FeedbackToALaterTree_KnowsItsNumber() => AssertText(
        TextRenderer.Render(new DrawingBuilder(null).Node(1, "a").Node(2, "b").Feedback(1, 2).Build()),
        "(1) a",
        "└─ ↺ (2) b",
        "(2) b");

    /// <summary>An empty graph says so.</summary>
    [Test]
    public void Render_NoNodes_SaysSo() => AssertText(TextRenderer.Render(new DrawingBuilder("t").Build()), "t", "(no nodes)");

    /// <summary>No label can break a line.</summary>
    [Test]
    public void Render_AwkwardLabels_StayOnTheirLines()
    {
        var lines = TextRenderer.Render(SampleDrawings.Awkward(DrawingDirection.LeftToRight)).TrimEnd('\n').Split('\n');

        Assert.That(lines, Has.Length.EqualTo(9));
        Assert.That(lines, Has.All.Not.Contains("\r"));
    }

    /// <summary>Every node is there once.</summary>
    [Test]
    public void Render_AnyGraph_HasEveryNodeOnce()
    {
        foreach (var drawing in SampleDrawings.All().Where(drawing => drawing.Nodes.Count > 0))
        {
            var lines = TextRenderer.Render(drawing).TrimEnd('\n').Split('\n').Skip(drawing.Title is null ? 0 : 1).ToList();

            Assert.That(lines.Count(line => !line.Contains("→ (", StringComparison.Ordinal) && !line.Contains("↺ (", StringComparison.Ordinal)), Is.EqualTo(drawing.Nodes.Count));
        }
    }

    private static void AssertText(string actual, params string[] lines) =>
        Assert.That(actual, Is.EqualTo(string.Join('\n', lines) + "\n"));
}
