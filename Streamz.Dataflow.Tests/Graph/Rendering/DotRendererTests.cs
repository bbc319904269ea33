using System.Text.RegularExpressions;
using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Tests.Graph.Rendering;

/// <summary>Tests of the Graphviz document.</summary>
[TestFixture]
public sealed class DotRendererTests
{
    private const string QuotedText = "\"(?:[^\"\\\\]|\\\\.)*\"";
    private const string Value = "(?:" + QuotedText + "|[A-Za-z]+)";
    private const string Attributes = @"\[\w+=" + Value + @"(?:, \w+=" + Value + @")*\]";

    /// <summary>Every line is a statement of the language.</summary>
    [Test]
    public void Render_AnyGraph_IsValid()
    {
        var statement = new Regex(
            $"^  (?:\\w+={Value}|(?:node|edge) {Attributes}|{QuotedText} {Attributes}|{QuotedText} -> {QuotedText}(?: {Attributes})?);$");
        foreach (var drawing in SampleDrawings.All())
        {
            var lines = DotRenderer.Render(drawing).TrimEnd('\n').Split('\n');

            Assert.That(lines[0], Is.EqualTo("digraph pipeline {"));
            Assert.That(lines[^1], Is.EqualTo("}"));
            Assert.That(lines[1..^1], Has.All.Matches<string>(statement.IsMatch));
            Assert.That(lines.Count(line => line.Contains(" -> ", StringComparison.Ordinal)), Is.EqualTo(drawing.Edges.Count));
        }
    }

    /// <summary>Each kind has the shape it has in Graphviz.</summary>
    [Test]
    public void Render_Shapes_HaveTheirNames()
    {
        foreach (var shape in Enum.GetValues<NodeShape>())
        {
            var dot = DotRenderer.Render(new DrawingBuilder(null).Node(1, "map", null, shape).Build());

            Assert.That(dot, Does.Contain($"shape={shape.ToString().ToLowerInvariant()},"));
        }
    }

    /// <summary>Labels mean what they say.</summary>
    [Test]
    public void Render_AwkwardLabel_IsEscaped()
    {
        var dot = DotRenderer.Render(new DrawingBuilder(null).Node(1, "a\"b\\N &lt;\n]", "me").Build());

        Assert.That(dot, Does.Contain("[label=\"me\\na\\\"b\\\\N &amp;lt; ]\","));
    }

    /// <summary>Edges show their order, and feedback does not pull the layers apart.</summary>
    [Test]
    public void Render_Edges_HaveTheirAttributes()
    {
        var dot = DotRenderer.Render(new DrawingBuilder(null).Node(1, "a").Node(-2, "b").Edge(1, -2, "0").Feedback(-2, 1).Build());

        Assert.That(dot, Does.Contain("\"n1\" -> \"n-2\" [label=\"0\"];"));
        Assert.That(dot, Does.Contain("\"n-2\" -> \"n1\" [style=dashed, constraint=false,"));
    }

    /// <summary>The direction of flow is kept.</summary>
    [Test]
    public void Render_Direction_IsTheRankDirection()
    {
        Assert.That(DotRenderer.Render(SampleDrawings.Loops(DrawingDirection.LeftToRight)), Does.Contain("rankdir=LR;"));
        Assert.That(DotRenderer.Render(SampleDrawings.Loops(DrawingDirection.TopToBottom)), Does.Contain("rankdir=TB;"));
    }
}
