using System.Globalization;
using System.Text;

namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>Writes what happened as a table of plain text, a line for each moment and a column for each stream.</summary>
internal static class TimelineTable
{
    private const int MinWidth = 6;

    public static string Of(Timeline timeline)
    {
        var rows = timeline.Rows.ToList();
        var lines = new List<IReadOnlyList<string>> { rows.Select(row => row.Name).Prepend("second").ToList() };
        foreach (var at in rows.SelectMany(row => row.Marks).Select(mark => mark.At).Distinct().Order())
        {
            var columns = rows.ConvertAll(row => row.Marks.Where(mark => mark.At == at).Select(TextOf).ToList());
            for (var line = 0; line < columns.Max(column => column.Count); line++)
            {
                var second = line == 0 ? at.ToString(CultureInfo.InvariantCulture) : "";
                lines.Add([second, .. columns.Select(column => line < column.Count ? column[line] : "")]);
            }
        }

        var widths = Enumerable.Range(0, rows.Count + 1).Select(column => Math.Max(MinWidth, lines.Max(line => line[column].Length))).ToList();
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    private static string TextOf(Mark mark) => mark.Kind switch
    {
        MarkKind.End => "(end)",
        MarkKind.Error => $"({mark.Text})",
        _ => mark.Text.Length == 0 ? "\"\"" : mark.Text,
    };
}
