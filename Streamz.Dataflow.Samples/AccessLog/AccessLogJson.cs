using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>
/// A summary as one JSON object, on one line:
/// <c>{"lines":…,"malformed":…,"byStatus":{"200":…},"bytes":…,"topPaths":[{"path":…,"count":…}],"clients":…,"busiestMinute":{"minute":"2015-05-17T10:05+00:00","count":…}}</c>.
/// <c>busiestMinute</c> is null where there was no request.
/// </summary>
internal static class AccessLogJson
{
    // The default encoder is made for JSON inside HTML, and would write every & and + of a path as \u0026 and \u002B.
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(AccessLogSummary summary)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, _options))
        {
            Write(summary, json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(AccessLogSummary summary, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("lines", summary.Lines);
        json.WriteNumber("malformed", summary.Malformed);

        json.WriteStartObject("byStatus");
        foreach (var (status, count) in summary.ByStatus)
        {
            json.WriteNumber(status.ToString(CultureInfo.InvariantCulture), count);
        }

        json.WriteEndObject();

        json.WriteNumber("bytes", summary.Bytes);

        json.WriteStartArray("topPaths");
        foreach (var (path, count) in summary.TopPaths(AccessLogSummary.ListedPaths))
        {
            json.WriteStartObject();
            json.WriteString("path", path);
            json.WriteNumber("count", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("clients", summary.Clients);
        WriteBusiestMinute(summary.BusiestMinute, json);
        json.WriteEndObject();
    }

    private static void WriteBusiestMinute(MinuteCount? busiest, Utf8JsonWriter json)
    {
        if (busiest is not { } minute)
        {
            json.WriteNull("busiestMinute");
            return;
        }

        json.WriteStartObject("busiestMinute");
        json.WriteString("minute", minute.Minute.ToString("yyyy-MM-ddTHH:mmzzz", CultureInfo.InvariantCulture));
        json.WriteNumber("count", minute.Count);
        json.WriteEndObject();
    }
}
