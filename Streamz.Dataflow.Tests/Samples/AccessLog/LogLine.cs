using Streamz.Dataflow.Samples.AccessLog;

namespace Streamz.Dataflow.Tests.Samples.AccessLog;

/// <summary>A line of the combined format in parts, so that a test says only what is special about its own.</summary>
internal sealed record LogLine
{
    public string Origin { get; init; } = "192.0.2.1 - -";

    public string Time { get; init; } = "17/May/2015:10:05:03 +0000";

    public string Request { get; init; } = "GET /index.html HTTP/1.1";

    public string Status { get; init; } = "200";

    public string Bytes { get; init; } = "1234";

    public string Referer { get; init; } = "http://example.com/";

    public string UserAgent { get; init; } = "curl/8.8.0";

    public override string ToString() =>
        $"{Origin} [{Time}] \"{Request}\" {Status} {Bytes} \"{Referer}\" \"{UserAgent}\"";

    public AccessLogEntry Parse()
    {
        Assert.That(AccessLogParser.TryParse(ToString(), out var entry), Is.True, $"Not taken for well-formed: {this}");
        return entry;
    }

    public bool IsWellFormed() => AccessLogParser.TryParse(ToString(), out _);
}
