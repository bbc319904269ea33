using System.Globalization;
using Spectre.Console;

namespace Streamz.Dataflow.Samples.Live;

/// <summary>Lays out what is known of the pipeline for a screen of any size.</summary>
internal static class LiveScreen
{
    private const int NarrowestDrawing = 26;
    private const int BarWidth = 8;
    private const int LabelWidth = 13;
    private const string Blocks = "▁▂▃▄▅▆▇█";

    public static IReadOnlyList<ScreenLine> Lines(IReadOnlyList<NodeRow> rows, LiveFigures figures, string state, int width, int height)
    {
        List<ScreenLine> lines =
        [
            Title(state, width),
            .. Table(rows, width),
            new(),
            Seconds(figures),
            Statuses(figures, width),
            Pages(figures, width),
            History(figures, width),
        ];

        // A terminal scrolls when its last line is ended.
        return [.. lines.Take(Math.Max(1, height - 1))];
    }

    public static IEnumerable<ScreenLine> Table(IReadOnlyList<NodeRow> rows, int width)
    {
        var columns = Columns(rows, width);
        var drawingWidth = Math.Min(width - columns.Sum(column => column.Width), rows.Max(row => row.Drawing.Length) + 1);
        var head = new ScreenLine().Add(ScreenLine.Cut("node", drawingWidth), Color.Grey).PadTo(drawingWidth);
        foreach (var column in columns)
        {
            head.Add(column.Title.PadLeft(column.Width), Color.Grey);
        }

        yield return head;
        foreach (var row in rows)
        {
            var line = new ScreenLine().Add(ScreenLine.Cut(row.Drawing, drawingWidth), row.Node is null ? Color.Grey : null).PadTo(drawingWidth);
            foreach (var column in columns.Where(_ => row.Node is not null))
            {
                line.Add(column.Text(row).PadLeft(column.Width), column.Color(row));
            }

            yield return line;
        }
    }

    private static List<Column> Columns(IReadOnlyList<NodeRow> rows, int width)
    {
        Column rate = new("in/s", 8, row => Number((long)Math.Round(row.Rate)), _ => null);
        Column errors = new("errors", 8, row => Number(row.Node!.Failed), row => row.Node!.Failed > 0 ? Color.Red : Color.Grey);
        Column queue = new("queue", 9, row => row.Node!.Capacity > 0 ? $"{row.Node.Queued}/{row.Node.Capacity}" : string.Empty, Fill);
        Column bar = new(string.Empty, BarWidth + 1, row => Bar(row.Node!), Fill);
        Column received = new("received", 11, row => Number(row.Node!.Received), _ => null);

        // In the order in which they are shown; what a narrow screen has no room for goes, from the least needed on.
        List<Column> shown = [rate, received, queue, bar, errors];
        foreach (var dispensable in new[] { bar, received, queue, errors })
        {
            if (width - shown.Sum(column => column.Width) < Math.Min(NarrowestDrawing, rows.Max(row => row.Drawing.Length)))
            {
                shown.Remove(dispensable);
            }
        }

        return shown;
    }

    private static Color? Fill(NodeRow row) => ((double)row.Node!.Queued / Math.Max(1, row.Node.Capacity)) switch
    {
        > 0.8 => Color.Red,
        > 0.4 => Color.Yellow,
        _ => Color.Green,
    };

    private static string Bar(NodeSnapshot node)
    {
        if (node.Capacity == 0)
        {
            return string.Empty;
        }

        var full = (int)Math.Ceiling((double)node.Queued / node.Capacity * BarWidth);
        return new string('█', Math.Min(full, BarWidth)) + new string('░', Math.Max(0, BarWidth - full));
    }

    private static ScreenLine Title(string state, int width)
    {
        var title = new ScreenLine().Add(ScreenLine.Cut("Streamz.Dataflow: the access log of a busy server", Math.Max(0, width - state.Length - 1)), Color.Aqua);
        return title.PadTo(width - state.Length).Add(state, Color.Grey);
    }

    private static ScreenLine Seconds(LiveFigures figures) => Label("last second").Add(figures.LastSecond is { } second
        ? string.Create(CultureInfo.InvariantCulture, $"{second.Requests:N0} requests  {second.Bytes / 1e6:N1} MB  {figures.Visitors:N0} visitors  {figures.Alerts:N0} alerts so far")
        : "(not over yet)");

    private static ScreenLine Statuses(LiveFigures figures, int width)
    {
        var line = Label("by status");
        if (figures.LastSecond is not { Requests: > 0 } second)
        {
            return line;
        }

        (int Class, Color Color)[] shown = [(2, Color.Green), (3, Color.Blue), (4, Color.Yellow), (5, Color.Red)];
        foreach (var (status, color) in shown)
        {
            line.Add(string.Create(CultureInfo.InvariantCulture, $"{status}xx {second.ByClass[status],-6:N0}"), color);
        }

        // As wide as the rest of the line, and none where that is too short to tell anything.
        var room = Math.Min(width - line.Width, 60);
        foreach (var (status, color) in shown.Where(_ => room >= 10))
        {
            line.Add(new string('█', (int)Math.Round((double)second.ByClass[status] / second.Requests * room)), color);
        }

        return line;
    }

    private static ScreenLine Pages(LiveFigures figures, int width)
    {
        var line = Label("top pages");
        foreach (var page in figures.TopPages)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{page.Path} {page.Count}  ");
            if (line.Width + text.TrimEnd().Length > width)
            {
                break;
            }

            line.Add(text);
        }

        return line;
    }

    private static ScreenLine History(LiveFigures figures, int width)
    {
        var line = Label("last minute");
        var shown = figures.History.TakeLast(Math.Max(0, width - line.Width)).ToList();
        var most = shown.DefaultIfEmpty().Max();
        return line.Add(string.Concat(shown.Select(count => Blocks[most == 0 ? 0 : (Blocks.Length - 1) * count / most])), Color.Aqua);
    }

    private static ScreenLine Label(string text) => new ScreenLine().Add(text.PadRight(LabelWidth), Color.Grey);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private sealed record Column(string Title, int Width, Func<NodeRow, string> Text, Func<NodeRow, Color?> Color);
}
