using System.Xml.Linq;

namespace Streamz.Dataflow.Tests.Catalogue.Marbles;

/// <summary>A diagram shows everything that happened, and nothing on top of something else.</summary>
[TestFixture]
internal sealed class MarbleDiagramTests
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    private static IEnumerable<MarbleDiagram> Diagrams =>
    [
        Diagram("a.Nothing()", [new Row("a", "")], [new Row("b", "")]),
        Diagram("a.Flatten()", [Row("a", (1, "[1, 2, 3]"))], [Row("b", (1, "1"), (1, "2"), (1, "3"))]),
        Diagram("a.Crowd()", [Row("a", Crowd(0.1))], [Row("b", Crowd(0.05)), Row("c", Crowd(0.3))]),
        Diagram("a.Long()", [Row("a", (1, new string('m', 200)), (1.1, new string('i', 200)))], [Row("b", (90, "late"))]),
        Diagram("a.Escape(x => x < 1 && \"<b>\" != null)", [Row("<a>", (1, "<&\"'>"), (2, ""))], [Row("b", (2, "\u0007"))]),
        Diagram(string.Join(" ", Enumerable.Repeat("word", 60)), [Row("a", (1, "1"))], [Row("b", (1, "1"))]),
    ];

    [TestCaseSource(nameof(Diagrams))]
    public void Layout_Marbles_DoNotOverlap(MarbleDiagram diagram)
    {
        var layout = new MarbleLayout(diagram);
        var marbles = layout.Inputs.Concat(layout.Outputs)
            .SelectMany(row => row.Marks)
            .Where(mark => mark.Mark.Kind == MarkKind.Value)
            .ToList();

        Assert.That(
            marbles.SelectMany((mark, index) => marbles.Skip(index + 1).Where(other => Overlap(mark, other)).Select(other => $"{mark} {other}")),
            Is.Empty);
        Assert.That(marbles.Select(mark => mark.Right), Is.All.LessThan(layout.Width));
        Assert.That(marbles.Select(mark => mark.Left), Is.All.GreaterThan(0));
    }

    [TestCaseSource(nameof(Diagrams))]
    public void Layout_SimultaneousMarks_HangInTheirOrder(MarbleDiagram diagram)
    {
        foreach (var row in new MarbleLayout(diagram).Outputs)
        {
            foreach (var moment in row.Marks.Where(mark => mark.Mark.Kind == MarkKind.Value).GroupBy(mark => mark.Mark.At))
            {
                Assert.That(moment.Select(mark => mark.Y), Is.Ordered.And.Unique);
            }
        }
    }

    [TestCaseSource(nameof(Diagrams))]
    public void Svg_Drawn_IsWellFormedAndSaysWhatItShows(MarbleDiagram diagram)
    {
        var svg = XDocument.Parse(diagram.ToSvg()).Root!;

        Assert.That((string?)svg.Attribute("role"), Is.EqualTo("img"));
        Assert.That((string?)svg.Element(s_svg + "title"), Is.EqualTo(diagram.Title));
        Assert.That(
            svg.Descendants(s_svg + "rect").Count(marble => ((string?)marble.Attribute("class"))!.StartsWith("mb-marble", StringComparison.Ordinal)),
            Is.EqualTo(diagram.Timeline.Rows.Sum(row => row.Marks.Count(mark => mark.Kind == MarkKind.Value))));
    }

    [Test]
    public void Layout_EndAtTheMomentOfAnElement_ComesBehindIt()
    {
        var row = Row("b", (2, "last"));
        row.Add(2, "", MarkKind.End);

        var marks = new MarbleLayout(Diagram("a.Flush()", [], [row])).Outputs[0].Marks;

        Assert.That(marks[1].X, Is.GreaterThan(marks[0].Right));
    }

    private static bool Overlap(PlacedMark mark, PlacedMark other) =>
        Math.Abs(mark.Y - other.Y) < MarbleLayout.MarbleHeight && mark.Left < other.Right && other.Left < mark.Right;

    private static MarbleDiagram Diagram(string code, IReadOnlyList<Row> inputs, IReadOnlyList<Row> outputs) => new("A picture", code, new Timeline(inputs, outputs));

    private static Row Row(string name, params (double At, string Text)[] marks)
    {
        var row = new Row(name, "");
        foreach (var (at, text) in marks)
        {
            row.Add(at, text);
        }

        return row;
    }

    private static (double At, string Text)[] Crowd(double distance) => [.. Enumerable.Range(1, 12).Select(number => (number * distance, $"value {number}"))];
}
