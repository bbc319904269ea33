using System.Text.RegularExpressions;
using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Tests.Graph.Rendering;

/// <summary>Tests of the Mermaid flowchart.</summary>
[TestFixture]
public sealed class MermaidRendererTests
{
    private const string Text = "\"(?:[^\"#<>&`]|#\\d+;|<br/>)+\"";

    /// <summary>Every line is a node or an edge, and no label leaves its quotes.</summary>
    [Test]
    public void Render_AnyGraph_IsValid()
    {
        var statement = new Regex($@"^    [nm]\d+(?:[\[\(\{{>/]+{Text}[\]\)\}}\\]+| (?:-->|-\.->)(?:\|{Text}\|)? [nm]\d+)$");
        foreach (var drawing in SampleDrawings.All())
        {
            var lines = MermaidRenderer.Render(drawing).TrimEnd('\n').Split('\n').ToList();
            var start = lines.FindIndex(line => line is "flowchart LR" or "flowchart TD");

            Assert.That(start, Is.EqualTo(drawing.Title is null ? 0 : 3));
            Assert.That(lines[(start + 1)..], Has.All.Matches<string>(statement.IsMatch));
            Assert.That(lines, Has.Count.EqualTo(start + 1 + drawing.Nodes.Count + drawing.Edges.Count));
        }
    }

    /// <summary>What Mermaid might read as syntax is written as character codes.</summary>
    [TestCase("\"x\" [y] #35;", "#34;x#34; #91;y#93; #35;35#59;")]
    [TestCase("List<int> & more", "List#60;int#62; #38; more")]
    [TestCase("`code` **bold**", "#96;code#96; #42;#42;bold#42;#42;")]
    [TestCase("1. list", "1#46; list")]
    [TestCase("- list", "#45; list")]
    [TestCase("combine_latest 0.5 a-b n=3", "combine_latest 0.5 a-b n=3")]
    [TestCase("_x_", "#95;x#95;")]
    [TestCase("漢字 👍", "漢字 👍")]
    public void Render_AwkwardLabel_IsEscaped(string label, string expected) =>
        Assert.That(
            MermaidRenderer.Render(new DrawingBuilder(null).Node(1, label, null, NodeShape.Box).Build()),
            Is.EqualTo($"flowchart LR\n    n1[\"{expected}\"]\n"));

    /// <summary>Names stand above labels, and feedback is dotted.</summary>
    [Test]
    public void Render_NamesAndFeedback_AreShown() =>
        Assert.That(
            MermaidRenderer.Render(new DrawingBuilder("a \"title\" \\").Node(1, "map", "me").Node(-1, string.Empty).Edge(1, -1, "0").Feedback(-1, 1)
                .Direction(DrawingDirection.TopToBottom).Build()),
            Is.EqualTo("---\ntitle: \"a \\\"title\\\" \\\\\"\n---\nflowchart TD\n    n1([\"me<br/>map\"])\n    m1([\" \"])\n    n1 -->|\"0\"| m1\n    m1 -.->|\"↺\"| n1\n"));
}
