using System.Globalization;
using System.Xml.Linq;
using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Tests.Graph.Rendering;

/// <summary>Tests of the SVG picture.</summary>
[TestFixture]
public sealed class SvgRendererTests
{
    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";

    /// <summary>Every picture is well-formed XML.</summary>
    [Test]
    public void Render_AnyGraph_IsWellFormed()
    {
        foreach (var drawing in SampleDrawings.All())
        {
            var root = XDocument.Parse(SvgRenderer.Render(drawing)).Root!;

            Assert.That(root.Name, Is.EqualTo(_svg + "svg"));
            Assert.That(root.Attribute("role")?.Value, Is.EqualTo("img"));
            Assert.That(root.Elements().First().Name, Is.EqualTo(_svg + "title"));
            Assert.That(root.Element(_svg + "desc")?.Value, Is.Not.Empty);
            Assert.That(
                root.Attribute("viewBox")?.Value,
                Is.EqualTo($"0 0 {root.Attribute("width")?.Value} {root.Attribute("height")?.Value}"));
        }
    }

    /// <summary>The picture needs nothing from outside and runs nothing.</summary>
    [Test]
    public void Render_AnyGraph_IsSelfContained()
    {
        var svg = SvgRenderer.Render(SampleDrawings.Thirty());

        Assert.That(svg, Does.Not.Contain("<script"));
        Assert.That(svg, Does.Not.Contain("href"));
        Assert.That(svg, Does.Not.Contain("url("));
        Assert.That(svg, Does.Not.Contain("@import"));
        Assert.That(svg, Does.Contain("prefers-color-scheme:dark"));
    }

    /// <summary>The same drawing gives the same bytes, whatever the culture.</summary>
    [Test]
    public void Render_Twice_GivesTheSame()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            foreach (var (first, second) in SampleDrawings.All().Zip(SampleDrawings.All()))
            {
                CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
                var expected = SvgRenderer.Render(first);
                CultureInfo.CurrentCulture = new CultureInfo("de-DE");

                Assert.That(SvgRenderer.Render(second), Is.EqualTo(expected));
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    /// <summary>A label is shown as it is, markup and all.</summary>
    [Test]
    public void Render_Markup_IsEscaped()
    {
        const string Label = "<b> &quot; \" ' ]]> --> &";
        var root = XDocument.Parse(SvgRenderer.Render(new DrawingBuilder(Label).Node(1, Label).Build())).Root!;

        Assert.That(root.Element(_svg + "title")?.Value, Is.EqualTo(Label));
        Assert.That(root.Descendants(_svg + "text").Select(text => text.Value), Has.Member(Label));
    }

    /// <summary>A label that is cut is still there in full for who points at it.</summary>
    [Test]
    public void Render_LongLabel_HasTheFullTextInATitle()
    {
        var label = "map " + new string('x', 100) + " end";
        var root = XDocument.Parse(SvgRenderer.Render(new DrawingBuilder(null).Node(1, label, "long").Build())).Root!;

        Assert.That(root.Descendants(_svg + "title").Select(title => title.Value), Has.Member("long: " + label));
        Assert.That(root.Descendants(_svg + "text").Select(text => text.Value), Has.None.EqualTo(label));
        Assert.That(root.Descendants(_svg + "text").First(text => text.Attribute("class")?.Value == "sz-name").Value, Is.EqualTo("long"));
    }

    /// <summary>Every kind of node is drawn with its own outline.</summary>
    [Test]
    public void Render_Shapes_DifferFromEachOther()
    {
        foreach (var direction in Enum.GetValues<DrawingDirection>())
        {
            var outlines = Enum.GetValues<NodeShape>().Select(shape =>
            {
                var drawing = new DrawingBuilder(null).Node(1, "node", null, shape).Direction(direction).Build();
                var shapes = XDocument.Parse(SvgRenderer.Render(drawing)).Descendants().Where(element => element.Attribute("class")?.Value == "sz-shape");
                return string.Join(' ', shapes.Select(element => element.ToString()));
            });

            Assert.That(outlines, Is.Unique);
        }
    }

    /// <summary>Feedback is drawn in its own style, with a sign.</summary>
    [Test]
    public void Render_Feedback_IsMarked()
    {
        var svg = XDocument.Parse(SvgRenderer.Render(SampleDrawings.Thirty()));
        var classes = svg.Descendants().Select(element => element.Attribute("class")?.Value).ToList();

        // The loop and its line in the legend.
        Assert.That(classes.Count(name => name == "sz-loop"), Is.EqualTo(2));
        Assert.That(classes.Count(name => name == "sz-sign"), Is.EqualTo(1));
        Assert.That(classes.Count(name => name == "sz-edge"), Is.EqualTo(SampleDrawings.Thirty().Edges.Count - 1));
    }

    /// <summary>An empty graph says so.</summary>
    [Test]
    public void Render_NoNodes_SaysSo() =>
        Assert.That(SvgRenderer.Render(new DrawingBuilder(null).Build()), Does.Contain("(no nodes)"));
}
