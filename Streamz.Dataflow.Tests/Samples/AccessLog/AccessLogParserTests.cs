using Streamz.Dataflow.Samples.AccessLog;

namespace Streamz.Dataflow.Tests.Samples.AccessLog;

[TestFixture]
public sealed class AccessLogParserTests
{
    [Test]
    public void Parser_CombinedLine_ReadsEveryField()
    {
        const string Line =
            "83.149.9.216 - frank [17/May/2015:10:05:03 +0200] \"POST /a/b?c=d&e=%20 HTTP/1.1\" 404 203023 "
            + "\"http://example.com/start\" \"Mozilla/5.0 (X11; Linux x86_64)\"";

        Assert.That(AccessLogParser.TryParse(Line, out var entry), Is.True);
        Assert.Multiple(() =>
        {
            Assert.That(entry.Client, Is.EqualTo("83.149.9.216"));
            Assert.That(entry.Time.DateTime, Is.EqualTo(new DateTime(2015, 5, 17, 10, 5, 3)));
            Assert.That(entry.Time.Offset, Is.EqualTo(TimeSpan.FromHours(2)));
            Assert.That(entry.Method, Is.EqualTo("POST"));
            Assert.That(entry.Path, Is.EqualTo("/a/b?c=d&e=%20"));
            Assert.That(entry.Protocol, Is.EqualTo("HTTP/1.1"));
            Assert.That(entry.Status, Is.EqualTo(404));
            Assert.That(entry.Bytes, Is.EqualTo(203_023));
            Assert.That(entry.Request, Is.EqualTo("POST /a/b?c=d&e=%20 HTTP/1.1"));
            Assert.That(entry.Referer, Is.EqualTo("http://example.com/start"));
            Assert.That(entry.UserAgent, Is.EqualTo("Mozilla/5.0 (X11; Linux x86_64)"));
        });
    }

    [Test]
    public void Parser_NullLine_Throws() =>
        Assert.That(() => AccessLogParser.TryParse(null!, out _), Throws.ArgumentNullException);

    [TestCase("", TestName = "Parser_EmptyLine_IsMalformed")]
    [TestCase("\r", TestName = "Parser_OnlyCarriageReturn_IsMalformed")]
    [TestCase("   ", TestName = "Parser_OnlyBlanks_IsMalformed")]
    [TestCase("] \"", TestName = "Parser_EndOfTimeAlone_IsMalformed")]
    [TestCase("- - - [17/May/2015:10:05:03 +0000] \"", TestName = "Parser_NothingAfterFirstQuote_IsMalformed")]
    [TestCase("[core:error] [pid 42] AH00126: Invalid URI in request", TestName = "Parser_ErrorLogLine_IsMalformed")]
    [TestCase("192.0.2.1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12", TestName = "Parser_CommonFormat_IsMalformed")]
    [TestCase("{\"host\":\"192.0.2.1\"}", TestName = "Parser_Json_IsMalformed")]
    public void Parser_NotCombined_IsMalformed(string line) => Assert.That(AccessLogParser.TryParse(line, out _), Is.False);

    [Test]
    public void Parser_AnyProperPrefixOfLine_IsMalformed()
    {
        var line = new LogLine { UserAgent = "a \\\"quoted\\\" agent" }.ToString();

        Assert.That(
            Enumerable.Range(0, line.Length).Select(length => line[..length]),
            Has.None.Matches<string>(prefix => AccessLogParser.TryParse(prefix, out _)));
    }

    [Test]
    public void Parser_AnySpaceBetweenFieldsDoubled_IsMalformed()
    {
        var line = new LogLine { Request = "-", Referer = "-", UserAgent = "-" }.ToString();

        Assert.That(
            Enumerable.Range(0, line.Length).Where(at => line[at] == ' ').Select(at => line.Insert(at, " ")),
            Has.None.Matches<string>(doubled => AccessLogParser.TryParse(doubled, out _)));
    }

    [Test]
    public void Parser_TabsForSpaces_IsMalformed()
    {
        var line = new LogLine().ToString();

        Assert.That(
            Enumerable.Range(0, line.Length).Where(at => line[at] == ' ').Select(at => line[..at] + "\t" + line[(at + 1)..])
                .Where(tabbed => AccessLogParser.TryParse(tabbed, out _)),
            Is.All.Matches<string>(tabbed => tabbed.Contains("GET\t", StringComparison.Ordinal) || tabbed.Contains("\tHTTP", StringComparison.Ordinal)),
            "Only the spaces inside the request are the client's own.");
    }

    [TestCase("\r", true)]
    [TestCase("\r\r", false)]
    [TestCase("\n", false)]
    [TestCase(" ", false)]
    [TestCase(" \r", false)]
    [TestCase(" \"more\"", false)]
    [TestCase("\"", false)]
    [TestCase("\0", false)]
    public void Parser_AfterTheAgent_OnlyOneCarriageReturnIsTolerated(string tail, bool wellFormed) =>
        Assert.That(AccessLogParser.TryParse(new LogLine() + tail, out _), Is.EqualTo(wellFormed));

    [Test]
    public void Parser_CarriageReturn_IsNotPartOfTheAgent()
    {
        Assert.That(AccessLogParser.TryParse(new LogLine { UserAgent = "x" } + "\r", out var entry), Is.True);
        Assert.That(entry.UserAgent, Is.EqualTo("x"));
    }

    [TestCase("2001:db8::1 - -", "2001:db8::1")]
    [TestCase("host.example.com - -", "host.example.com")]
    [TestCase("192.0.2.1 ident frank", "192.0.2.1")]
    [TestCase("192.0.2.1 - mary ann smith", "192.0.2.1")]
    [TestCase("192.0.2.1 - a  b", "192.0.2.1")]
    [TestCase("192.0.2.1 - [frank]", "192.0.2.1")]
    [TestCase("192.0.2.1 - a [17/May/2015:10:05:03 +0000]", "192.0.2.1")]
    [TestCase("192.0.2.1 - \"\"", "192.0.2.1")]
    [TestCase("192.0.2.1 ] \"\"", "192.0.2.1")]
    [TestCase("192.0.2.1 - fr\\\"ank\\\"", "192.0.2.1")]
    [TestCase("192.0.2.1 - DOMAIN\\\\frank", "192.0.2.1")]
    [TestCase("192.0.2.1 - Zoë", "192.0.2.1")]
    public void Parser_WellFormedOrigin_ReadsClient(string origin, string client) =>
        Assert.That(new LogLine { Origin = origin }.Parse().Client, Is.EqualTo(client));

    [TestCase("")]
    [TestCase("192.0.2.1")]
    [TestCase("192.0.2.1 -")]
    [TestCase("192.0.2.1 - ")]
    [TestCase(" 192.0.2.1 - -")]
    [TestCase("192.0.2.1  -")]
    [TestCase("192.0.2.1 -  -")]
    [TestCase("192.0.2.1 - - ")]
    [TestCase("192.0.2.1 - fr\"ank")]
    [TestCase("192.0.2.1 - \"")]
    [TestCase("192.0.2.1 - \"frank\"")]
    [TestCase("192.0.2.1 \"\" -")]
    [TestCase("\"192.0.2.1 - -")]
    [TestCase("192.0.2.1\t - -")]
    [TestCase("192.0.2.1 - fr\u0001ank")]
    [TestCase("192.0.2.1 - fr\u007Fank")]
    public void Parser_IllFormedOrigin_IsMalformed(string origin) =>
        Assert.That(new LogLine { Origin = origin }.IsWellFormed(), Is.False);

    [TestCase("100", 100)]
    [TestCase("200", 200)]
    [TestCase("599", 599)]
    public void Parser_StatusInRange_ReadsStatus(string status, int expected) =>
        Assert.That(new LogLine { Status = status }.Parse().Status, Is.EqualTo(expected));

    [TestCase("")]
    [TestCase("-")]
    [TestCase("99")]
    [TestCase("099")]
    [TestCase("000")]
    [TestCase("600")]
    [TestCase("2000")]
    [TestCase("20x")]
    [TestCase("+20")]
    [TestCase("٢٠٠")]
    public void Parser_StatusNotThreeDigitsInRange_IsMalformed(string status) =>
        Assert.That(new LogLine { Status = status }.IsWellFormed(), Is.False);

    [TestCase("-", 0)]
    [TestCase("0", 0)]
    [TestCase("007", 7)]
    [TestCase("9223372036854775807", long.MaxValue)]
    public void Parser_BytesDigitsOrDash_ReadsBytes(string bytes, long expected) =>
        Assert.That(new LogLine { Bytes = bytes }.Parse().Bytes, Is.EqualTo(expected));

    [TestCase("")]
    [TestCase("--")]
    [TestCase("-1")]
    [TestCase("+1")]
    [TestCase("1.5")]
    [TestCase("1,000")]
    [TestCase("1k")]
    [TestCase("12\0")]
    [TestCase("٣")]
    [TestCase("9223372036854775808")]
    [TestCase("99999999999999999999999999")]
    public void Parser_BytesNotDigitsThatFit_IsMalformed(string bytes) =>
        Assert.That(new LogLine { Bytes = bytes }.IsWellFormed(), Is.False);
}
