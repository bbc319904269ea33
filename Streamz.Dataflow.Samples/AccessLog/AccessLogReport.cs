using System.Globalization;
using System.Text;

namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>A summary for people, the same in every culture and on every system.</summary>
internal static class AccessLogReport
{
    private const string NoRequests = "(no requests)";

    public static string Write(AccessLogSummary summary)
    {
        var text = new StringBuilder();
        WriteTotals(summary, text);
        WriteTable("requests by status", [.. summary.ByStatus.Select(Row)], text);
        WriteTable("most requested paths", [.. summary.TopPaths(AccessLogSummary.ListedPaths).Select(Row)], text);
        WriteMalformed(summary, text);
        return text.ToString();
    }

    private static void WriteTotals(AccessLogSummary summary, StringBuilder text)
    {
        (string Name, string Value)[] totals =
        [
            ("lines", Number(summary.Lines)),
            ("malformed", Number(summary.Malformed)),
            ("bytes sent", Number(summary.Bytes)),
            ("unique clients", Number(summary.Clients)),
        ];

        var names = totals.Max(total => total.Name.Length);
        var values = totals.Max(total => total.Value.Length);
        foreach (var (name, value) in totals)
        {
            text.Append(name.PadRight(names)).Append("  ").Append(value.PadLeft(values)).Append('\n');
        }

        text.Append("busiest minute".PadRight(names)).Append("  ").Append(Busiest(summary.BusiestMinute)).Append('\n');
    }

    private static void WriteTable(string title, IReadOnlyList<(string Count, string What)> rows, StringBuilder text)
    {
        text.Append('\n').Append(title).Append('\n');
        if (rows.Count == 0)
        {
            text.Append("  (none)\n");
        }

        var counts = rows.Select(row => row.Count.Length).DefaultIfEmpty().Max();
        foreach (var (count, what) in rows)
        {
            text.Append("  ").Append(count.PadLeft(counts)).Append("  ").Append(what).Append('\n');
        }
    }

    private static void WriteMalformed(AccessLogSummary summary, StringBuilder text)
    {
        if (summary.Malformed == 0)
        {
            return;
        }

        var lines = summary.FirstMalformed;
        var title = summary.Malformed > lines.Count
            ? string.Create(CultureInfo.InvariantCulture, $"malformed lines, the first {lines.Count} of {summary.Malformed:N0}")
            : "malformed lines";
        text.Append('\n').Append(title).Append('\n');

        var numbers = lines.Max(line => Number(line.Number).Length);
        foreach (var (number, line) in lines)
        {
            var shown = string.IsNullOrWhiteSpace(line) ? "(blank)" : line;
            text.Append("  line ").Append(Number(number).PadLeft(numbers)).Append("  ").Append(shown).Append('\n');
        }
    }

    private static (string Count, string What) Row(KeyValuePair<int, long> status) =>
        (Number(status.Value), status.Key.ToString(CultureInfo.InvariantCulture));

    private static (string Count, string What) Row(PathCount path) => (Number(path.Count), PrintableText.Of(path.Path));

    private static string Busiest(MinuteCount? busiest) => busiest is { } minute
        ? string.Create(CultureInfo.InvariantCulture, $"{minute.Minute:yyyy-MM-dd HH:mm zzz}, {minute.Count:N0} requests")
        : NoRequests;

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
