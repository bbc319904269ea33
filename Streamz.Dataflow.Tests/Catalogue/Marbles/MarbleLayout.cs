using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Tests.Catalogue.Marbles;

/// <summary>A mark in its place.</summary>
/// <param name="Mark">The mark.</param>
/// <param name="Text">Its text, cut if it is long.</param>
/// <param name="X">The middle.</param>
/// <param name="Y">The middle.</param>
/// <param name="Width">The width of the marble.</param>
/// <param name="IsHanging">Whether it hangs below the line, for want of room on it.</param>
internal sealed record PlacedMark(Mark Mark, string Text, double X, double Y, double Width, bool IsHanging)
{
    public double Left => X - (Width / 2);

    public double Right => X + (Width / 2);
}

/// <summary>A row in its place.</summary>
/// <param name="Row">The row.</param>
/// <param name="Y">The height of its line.</param>
/// <param name="End">Where the line ends.</param>
/// <param name="Marks">The marks, in the order in which they came.</param>
internal sealed record PlacedRow(Row Row, double Y, double End, IReadOnlyList<PlacedMark> Marks);

/// <summary>Places rows from top to bottom, and marks by their seconds from left to right.</summary>
internal sealed class MarbleLayout
{
    public const double Margin = 16;
    public const double MarbleHeight = 28;
    public const double NameSize = 13;
    public const double LabelSize = 12.5;
    public const double CodeSize = 13;
    public const double CodeLine = 19;

    private const double LanePitch = 32;
    private const double RowPitch = 48;
    private const double Gap = 4;
    private const double MaxWidth = 860;
    private const double MinWidth = 460;
    private const double MaxCodeWidth = 640;
    private const double MaxScale = 84;
    private const double MinScale = 26;
    private const double StartGap = 20;
    private const double EndGap = 8;
    private const double CodeEm = 0.62;
    private const int MaxText = 26;

    private readonly double _start;
    private readonly double _scale;
    private readonly List<PlacedRow> _inputs = [];
    private readonly List<PlacedRow> _outputs = [];

    public MarbleLayout(MarbleDiagram diagram)
    {
        var timeline = diagram.Timeline;
        var names = timeline.Rows.Select(row => TextMeasure.Width(row.Name, NameSize, bold: true)).DefaultIfEmpty(0).Max();
        LineStart = Margin + names + 14;
        var lastHalf = timeline.Rows.SelectMany(row => row.Marks).Where(mark => mark.At > timeline.Last - 0.5).Select(mark => WidthOf(mark) / 2).DefaultIfEmpty(0).Max();
        var tail = lastHalf + EndGap + 34;
        var span = Math.Max(1, timeline.Last);
        _scale = ScaleOf(timeline, Math.Max(MinScale, (MaxWidth - LineStart - StartGap - tail - Margin) / span));
        _start = LineStart + timeline.Rows.SelectMany(row => row.Marks).Select(mark => (WidthOf(mark) / 2) + 6 - (mark.At * _scale)).Append(StartGap).Max();
        var codeWidth = LineStart + Margin + 26 + (diagram.Operator.Length * CodeSize * CodeEm);
        Width = Math.Ceiling(Math.Max(_start + (span * _scale) + tail + Margin, Math.Clamp(codeWidth, MinWidth, MaxCodeWidth)));
        LineEnd = Width - Margin;
        Seconds = span;

        var y = Place(timeline.Inputs, _inputs, Margin + (MarbleHeight / 2) + 2);
        BoxTop = y;
        Code = Wrap(diagram.Operator, (int)((LineEnd - LineStart - 24) / (CodeSize * CodeEm)));
        BoxHeight = (Code.Count * CodeLine) + 17;
        y = Place(timeline.Outputs, _outputs, BoxTop + BoxHeight + 36);
        AxisY = y - 4;
        Height = Math.Ceiling(AxisY + 30);
    }

    public double Width { get; }

    public double Height { get; }

    public double LineStart { get; }

    public double LineEnd { get; }

    public double BoxTop { get; }

    public double BoxHeight { get; }

    public double AxisY { get; }

    public double Seconds { get; }

    public IReadOnlyList<string> Code { get; }

    public IReadOnlyList<PlacedRow> Inputs => _inputs;

    public IReadOnlyList<PlacedRow> Outputs => _outputs;

    /// <summary>The seconds between two labels of the axis.</summary>
    public int AxisStep => _scale >= 30 ? 1 : _scale >= 16 ? 2 : 5;

    public double XOf(double second) => _start + (second * _scale);

    private static string TextOf(Mark mark) =>
        mark.Kind == MarkKind.Value ? LabelText.Wrap(mark.Text.Length == 0 ? "\"\"" : mark.Text, MaxText, 1)[0] : "";

    private static double WidthOf(Mark mark) =>
        mark.Kind == MarkKind.Value ? Math.Max(MarbleHeight, TextMeasure.Width(TextOf(mark), LabelSize, bold: false) + 16) : 14;

    /// <summary>As wide as neighbours need to sit side by side, as far as there is room for it; else not wider than is good to read.</summary>
    private static double ScaleOf(Timeline timeline, double most)
    {
        var needed = timeline.Rows
            .SelectMany(row => row.Marks.Zip(row.Marks.Skip(1)))
            .Where(pair => pair.Second.At > pair.First.At && pair.Second.Kind == MarkKind.Value)
            .Select(pair => (((WidthOf(pair.First) + WidthOf(pair.Second)) / 2) + Gap + 1) / (pair.Second.At - pair.First.At));
        return needed.Where(scale => scale <= most).Append(Math.Min(MaxScale, most)).Max();
    }

    /// <summary>Breaks the text of a call at its spaces; code has no better places.</summary>
    private static List<string> Wrap(string code, int most)
    {
        var lines = new List<string> { "" };
        foreach (var word in code.Split(' '))
        {
            if (lines[^1].Length > 0 && lines[^1].Length + 1 + word.Length > most)
            {
                lines.Add("");
            }

            lines[^1] = lines[^1].Length == 0 ? word : $"{lines[^1]} {word}";
        }

        return lines;
    }

    private double Place(IReadOnlyList<Row> rows, List<PlacedRow> placed, double y)
    {
        foreach (var row in rows)
        {
            var lanes = new List<double>();
            var marks = new List<PlacedMark>();
            foreach (var mark in row.Marks.Where(mark => mark.Kind == MarkKind.Value))
            {
                var x = XOf(mark.At);
                var width = WidthOf(mark);

                // Elements of one moment hang below one another in their order.
                var lane = marks.FindLast(other => other.Mark.At == mark.At) is { } before ? LaneOf(before, y) + 1 : 0;
                while (lane < lanes.Count && lanes[lane] + Gap > x - (width / 2))
                {
                    lane++;
                }

                while (lanes.Count <= lane)
                {
                    lanes.Add(double.NegativeInfinity);
                }

                lanes[lane] = x + (width / 2);
                marks.Add(new PlacedMark(mark, TextOf(mark), x, y + (lane * LanePitch), width, lane > 0));
            }

            var end = LineEnd;
            if (row.Marks.FirstOrDefault(mark => mark.Kind != MarkKind.Value) is { } last)
            {
                // An end of the same moment as an element comes after it.
                var gap = EndGap + (last.Kind == MarkKind.Error ? 6 : 0);
                var x = marks.Where(other => !other.IsHanging && other.Right + gap > XOf(last.At)).Select(other => other.Right + gap).Prepend(XOf(last.At)).Max();
                marks.Add(new PlacedMark(last, "", x, y, WidthOf(last), false));
                end = x;
            }

            placed.Add(new PlacedRow(row, y, end, marks));
            y += RowPitch + (Math.Max(0, lanes.Count - 1) * LanePitch);
        }

        return y - (rows.Count > 0 ? (RowPitch - MarbleHeight) / 2 : MarbleHeight / 2);
    }

    private static int LaneOf(PlacedMark mark, double y) => (int)Math.Round((mark.Y - y) / LanePitch);
}
