using System.Globalization;
using Streamz.Dataflow.Samples.AccessLog;

namespace Streamz.Dataflow.Tests.Samples.AccessLog;

/// <summary>
/// The figures here were worked out with a Python script and with awk, before the parser was run on the file.
/// </summary>
[TestFixture]
public sealed class RealLogTests
{
    private const string TruncatedLine =
        "46.118.127.106 - - [20/May/2015:12:05:17 +0000] \"GET /scripts/grok-py-test/configlib.py HTTP/1.1\" 200 235 \"-\" "
        + "\"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html";

    [Test]
    public void RealLog_Totals_AreThoseOfTheScript()
    {
        var summary = Summarize();

        Assert.Multiple(() =>
        {
            Assert.That(summary.Lines, Is.EqualTo(10_000));
            Assert.That(summary.Malformed, Is.EqualTo(1));
            Assert.That(summary.Bytes, Is.EqualTo(2_747_282_505));
            Assert.That(summary.Clients, Is.EqualTo(1_753));
            Assert.That(summary.TopPaths(int.MaxValue), Has.Count.EqualTo(1_498));
            Assert.That(summary.TopPaths(int.MaxValue).Sum(path => path.Count), Is.EqualTo(9_999));
        });
    }

    [Test]
    public void RealLog_Statuses_AreThoseOfTheScript() =>
        Assert.That(
            Summarize().ByStatus.Select(status => (status.Key, status.Value)),
            Is.EqualTo(new[] { (200, 9_125L), (206, 45L), (301, 164L), (304, 445L), (403, 2L), (404, 213L), (416, 2L), (500, 3L) }));

    [Test]
    public void RealLog_TopPaths_AreThoseOfTheScript() =>
        Assert.That(
            Summarize().TopPaths(10),
            Is.EqualTo(new PathCount[]
            {
                new("/favicon.ico", 807),
                new("/style2.css", 546),
                new("/reset.css", 538),
                new("/images/jordan-80.png", 533),
                new("/images/web/2009/banner.png", 516),
                new("/blog/tags/puppet?flav=rss20", 488),
                new("/projects/xdotool/", 224),
                new("/?flav=rss20", 217),
                new("/", 197),
                new("/robots.txt", 180),
            }));

    [Test]
    public void RealLog_BusiestMinute_IsThatOfTheScript() =>
        Assert.That(
            Summarize().BusiestMinute,
            Is.EqualTo(new MinuteCount(new DateTimeOffset(2015, 5, 19, 19, 5, 0, TimeSpan.Zero), 136)));

    [Test]
    public void RealLog_OneLineCutOff_IsTheMalformedOne() =>
        Assert.That(Summarize().FirstMalformed, Is.EqualTo(new[] { new MalformedLine(8_899, TruncatedLine) }));

    [Test]
    public void RealLog_RefererInAnotherEncoding_KeepsItsEscapes() =>
        Assert.That(
            Entries().Where(entry => entry.Referer.Contains('\\', StringComparison.Ordinal)).Select(entry => entry.Client),
            Is.EqualTo(new[] { "201.242.142.135", "186.93.30.106", "186.93.16.149" }));

    [Test]
    public void RealLog_EveryLine_HasTheVerdictOfTheOracle() =>
        Assert.That(
            File.ReadLines(RealLog.PathOrIgnore()),
            Has.None.Matches<string>(line => AccessLogParser.TryParse(line, out _) != CombinedFormatOracle.IsWellFormed(line)));

    [Test]
    public void RealLog_EveryEntry_SaysItsLineAgain()
    {
        var said = Entries().Select(entry =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{entry.Client} - - [{entry.Time:dd/MMM/yyyy:HH:mm:ss} +0000] \"{entry.Method} {entry.Path} {entry.Protocol}\" {entry.Status} {entry.Bytes} \"{entry.Referer}\" \"{entry.UserAgent}\""));

        var logged = File.ReadLines(RealLog.PathOrIgnore()).Where(line => line != TruncatedLine).Select(line => line.Replace(" - \"", " 0 \"", StringComparison.Ordinal));

        Assert.That(said, Is.EqualTo(logged));
    }

    private static IEnumerable<AccessLogEntry> Entries()
    {
        foreach (var line in File.ReadLines(RealLog.PathOrIgnore()))
        {
            if (AccessLogParser.TryParse(line, out var entry))
            {
                yield return entry;
            }
        }
    }

    private static AccessLogSummary Summarize()
    {
        var summary = new AccessLogSummary();
        foreach (var line in File.ReadLines(RealLog.PathOrIgnore()))
        {
            if (AccessLogParser.TryParse(line, out var entry))
            {
                summary.Add(entry);
            }
            else
            {
                summary.AddMalformed(summary.Lines + 1, line);
            }
        }

        return summary;
    }
}
