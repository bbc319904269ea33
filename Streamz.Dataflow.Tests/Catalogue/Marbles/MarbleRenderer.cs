using System.Globalization;
using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Tests.Catalogue.Marbles;

/// <summary>Draws a placed marble diagram as a self-contained SVG picture, readable on light and on dark ground.</summary>
internal sealed class MarbleRenderer(MarbleDiagram diagram, MarbleLayout layout)
{
    private const double Half = MarbleLayout.MarbleHeight / 2;
    private const double Head = 7;

    private readonly SvgWriter _svg = new();

    public string Render()
    {
        _svg.Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{layout.Width}\" height=\"{layout.Height}\" viewBox=\"0 0 {layout.Width} {layout.Height}\">");
        _svg.Line($"<title>{SvgWriter.Escape(diagram.Title)}</title>");
        _svg.Line($"<desc>{SvgWriter.Escape(diagram.Describe())}</desc>");
        _svg.Raw("<style>\n" + MarbleTheme.StyleSheet + "</style>\n");
        _svg.Line($"<rect class=\"mb-ground\" width=\"{layout.Width}\" height=\"{layout.Height}\" rx=\"6\"/>");
        DrawDrops();
        DrawBox();
        foreach (var (row, number) in layout.Inputs.Select((row, number) => (row, number)))
        {
            DrawRow(row, row.Row.IsSignal ? "sz-other" : MarbleTheme.InputClass(number));
        }

        foreach (var (row, number) in layout.Outputs.Select((row, number) => (row, number)))
        {
            DrawRow(row, MarbleTheme.OutputClass(number));
        }

        DrawAxis();
        _svg.Raw("</svg>\n");
        return _svg.ToString();
    }

    /// <summary>Thin lines from what goes in down to the operator, and from it to what comes out of it at that moment.</summary>
    private void DrawDrops()
    {
        var bottom = layout.BoxTop + layout.BoxHeight;
        foreach (var x in MomentsOf(layout.Inputs))
        {
            _svg.Line($"<path class=\"mb-drop\" d=\"M{x.X} {x.Y}V{layout.BoxTop}\"/>");
        }

        foreach (var x in MomentsOf(layout.Outputs))
        {
            _svg.Line($"<path class=\"mb-drop\" d=\"M{x.X} {bottom}V{x.Y}\"/>");
        }
    }

    private static IEnumerable<(double X, double Y)> MomentsOf(IReadOnlyList<PlacedRow> rows) =>
        rows.SelectMany(row => row.Marks.Where(mark => mark.Mark.Kind == MarkKind.Value).Select(mark => (mark.X, row.Y))).Distinct();

    private void DrawBox()
    {
        var left = layout.LineStart - 8;
        _svg.Line($"<rect class=\"mb-box sz-other\" x=\"{left}\" y=\"{layout.BoxTop}\" width=\"{layout.LineEnd - left}\" height=\"{layout.BoxHeight}\" rx=\"8\"/>");
        var middle = (left + layout.LineEnd) / 2;
        for (var line = 0; line < layout.Code.Count; line++)
        {
            var y = layout.BoxTop + 22 + (line * MarbleLayout.CodeLine);
            _svg.Line($"<text class=\"mb-code\" x=\"{middle}\" y=\"{y}\">{SvgWriter.Escape(layout.Code[line])}</text>");
        }
    }

    private void DrawRow(PlacedRow row, string look)
    {
        _svg.Line($"<text class=\"mb-name\" x=\"{layout.LineStart - 12}\" y=\"{row.Y + 4.5}\">{SvgWriter.Escape(row.Row.Name)}</text>");
        if (!row.Row.IsSignal)
        {
            DrawLine(row);
        }

        foreach (var hanging in row.Marks.Where(mark => mark.IsHanging))
        {
            _svg.Line($"<path class=\"mb-stem\" d=\"M{hanging.X} {row.Y}V{hanging.Y}\"/>");
            _svg.Line($"<circle class=\"mb-head\" cx=\"{hanging.X}\" cy=\"{row.Y}\" r=\"3\"/>");
        }

        foreach (var mark in row.Marks)
        {
            Draw(mark, look);
        }
    }

    /// <summary>A stream that has ended ends here as well; one that goes on has an arrow.</summary>
    private void DrawLine(PlacedRow row)
    {
        var goesOn = !row.Row.HasEnded;
        _svg.Line($"<path class=\"mb-line\" d=\"M{layout.LineStart} {row.Y}H{(goesOn ? row.End - Head : row.End)}\"/>");
        if (goesOn)
        {
            _svg.Line($"<path class=\"mb-head\" d=\"M{row.End} {row.Y}l{-Head - 2} {-4.5}v9z\"/>");
        }
    }

    private void Draw(PlacedMark mark, string look)
    {
        switch (mark.Mark.Kind)
        {
            case MarkKind.End:
                _svg.Line($"<path class=\"mb-end\" d=\"M{mark.X} {mark.Y - 13}V{mark.Y + 13}\"><title>{TitleOf(mark.Mark, "ends")}</title></path>");
                break;
            case MarkKind.Error:
                _svg.Line($"<path class=\"mb-error\" d=\"M{mark.X - 8} {mark.Y - 8}l16 16m0 -16l-16 16\"><title>{TitleOf(mark.Mark, mark.Mark.Text)}</title></path>");
                break;
            default:
                _svg.Line($"<g><title>{TitleOf(mark.Mark, mark.Mark.Text)}</title><rect class=\"mb-marble {look}\" x=\"{mark.Left}\" y=\"{mark.Y - Half}\" width=\"{mark.Width}\" height=\"{MarbleLayout.MarbleHeight}\" rx=\"{Half}\"/>");
                _svg.Line($"<text class=\"mb-value\" x=\"{mark.X}\" y=\"{mark.Y + 4.5}\">{SvgWriter.Escape(mark.Text)}</text></g>");
                break;
        }
    }

    private static string TitleOf(Mark mark, string text) => SvgWriter.Escape(string.Create(CultureInfo.InvariantCulture, $"{mark.At} s: {text}"));

    private void DrawAxis()
    {
        _svg.Line($"<path class=\"mb-axis\" d=\"M{layout.LineStart} {layout.AxisY}H{layout.LineEnd}\"/>");
        for (var second = 0; second <= layout.Seconds + 1 && layout.XOf(second) <= layout.LineEnd - 8; second += layout.AxisStep)
        {
            var x = layout.XOf(second);
            var text = second == 0 ? "0 s" : second.ToString(CultureInfo.InvariantCulture);
            _svg.Line($"<path class=\"mb-axis\" d=\"M{x} {layout.AxisY}v5\"/>");
            _svg.Line($"<text class=\"mb-tick\" x=\"{x}\" y=\"{layout.AxisY + 18}\">{text}</text>");
        }
    }
}
