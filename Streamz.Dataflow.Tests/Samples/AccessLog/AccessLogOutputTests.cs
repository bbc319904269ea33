using System.Globalization;
using System.Text.Json;
using Streamz.Dataflow.Samples.AccessLog;

namespace Streamz.Dataflow.Tests.Samples.AccessLog;

[TestFixture]
public sealed class AccessLogOutputTests
{
    [Test]
    public void Json_OfNothing_HasEveryKey() =>
        Assert.That(
            new AccessLogSummary().ToJson(),
            Is.EqualTo("""{"lines":0,"malformed":0,"byStatus":{},"bytes":0,"topPaths":[],"clients":0,"busiestMinute":null}"""));

    [Test]
    public void Json_OfRequests_IsExact() =>
        Assert.That(
            Sample().ToJson(),
            Is.EqualTo(
                """
                {"lines":4,"malformed":1,"byStatus":{"200":2,"404":1},"bytes":2000000,
                "topPaths":[{"path":"/a?b=1&c=<d>+é","count":2},{"path":"/\"\u001B","count":1}],"clients":2,
                "busiestMinute":{"minute":"2015-05-17T10:05-03:30","count":2}}
                """.ReplaceLineEndings(string.Empty)));

    [Test]
    public void Json_ReadBack_HasThePathsAsSent()
    {
        using var json = JsonDocument.Parse(Sample().ToJson());

        Assert.That(
            json.RootElement.GetProperty("topPaths").EnumerateArray().Select(path => path.GetProperty("path").GetString()),
            Is.EqualTo(new[] { "/a?b=1&c=<d>+é", "/\"\u001B" }));
    }

    [Test]
    public void Json_PathWithHalfACharacter_IsStillJson()
    {
        var summary = new AccessLogSummary();
        summary.Add(new LogLine { Request = "GET /\uD800 HTTP/1.1" }.Parse());

        Assert.That(() => JsonDocument.Parse(summary.ToJson()).Dispose(), Throws.Nothing);
    }

    [Test]
    public void Json_ManyPaths_ListsTen()
    {
        using var json = JsonDocument.Parse(OfPaths(25).ToJson());

        Assert.That(json.RootElement.GetProperty("topPaths").GetArrayLength(), Is.EqualTo(10));
    }

    [Test]
    public void Text_OfNothing_SaysSo() =>
        Assert.That(
            new AccessLogSummary().ToText(),
            Is.EqualTo(
                """
                lines           0
                malformed       0
                bytes sent      0
                unique clients  0
                busiest minute  (no requests)

                requests by status
                  (none)

                most requested paths
                  (none)

                """.ReplaceLineEndings("\n")));

    [Test]
    public void Text_OfRequests_IsAligned() =>
        Assert.That(
            Sample().ToText(),
            Is.EqualTo(
                """
                lines                   4
                malformed               1
                bytes sent      2,000,000
                unique clients          2
                busiest minute  2015-05-17 10:05 -03:30, 2 requests

                requests by status
                  2  200
                  1  404

                most requested paths
                  2  /a?b=1&c=<d>+é
                  1  /"\x1b

                malformed lines
                  line 1,000  junk

                """.ReplaceLineEndings("\n")));

    [Test]
    public void Text_ManyMalformedLines_ShowsFiveAndTellsHowMany()
    {
        var summary = new AccessLogSummary();
        for (var number = 8; number <= 1_500; number++)
        {
            summary.AddMalformed(number, number == 9 ? string.Empty : "junk");
        }

        Assert.That(
            summary.ToText(),
            Does.EndWith(
                """

                malformed lines, the first 5 of 1,493
                  line  8  junk
                  line  9  (blank)
                  line 10  junk
                  line 11  junk
                  line 12  junk

                """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void Text_ManyPaths_ListsTen() =>
        Assert.That(OfPaths(25).ToText().Split('\n').Count(line => line.Contains('/', StringComparison.Ordinal)), Is.EqualTo(10));

    [Test]
    [SetCulture("de-DE")]
    public void Output_InAnotherCulture_IsTheSame()
    {
        Assume.That(CultureInfo.CurrentCulture.NumberFormat.NumberGroupSeparator, Is.EqualTo("."));

        Assert.That(Sample().ToText(), Does.Contain("2,000,000").And.Contain("2015-05-17 10:05 -03:30"));
        Assert.That(Sample().ToJson(), Does.Contain("2015-05-17T10:05-03:30"));
    }

    [Test]
    [SetCulture("ar-SA")]
    public void Output_InAnotherCalendar_IsTheSame() =>
        Assert.That(Sample().ToText() + Sample().ToJson(), Does.Contain("2015-05-17 10:05 -03:30").And.Contain("2015-05-17T10:05-03:30"));

    private static AccessLogSummary Sample()
    {
        LogLine[] lines =
        [
            new() { Time = "17/May/2015:10:05:03 -0330", Request = "GET /a?b=1&c=<d>+é HTTP/1.1", Bytes = "1999999" },
            new() { Time = "17/May/2015:10:05:59 -0330", Request = "GET /a?b=1&c=<d>+é HTTP/1.1", Bytes = "-" },
            new() { Origin = "::1 - -", Request = "GET /\\\"\\x1b HTTP/1.1", Status = "404", Bytes = "1" },
        ];
        var summary = new AccessLogSummary();
        foreach (var line in lines)
        {
            summary.Add(line.Parse());
        }

        summary.AddMalformed(1_000, "junk");
        return summary;
    }

    private static AccessLogSummary OfPaths(int count)
    {
        var summary = new AccessLogSummary();
        for (var path = 0; path < count; path++)
        {
            summary.Add(new LogLine { Request = $"GET /{path} HTTP/1.1" }.Parse());
        }

        return summary;
    }
}
