namespace Streamz.Dataflow.Tests.Samples.AccessLog;

[TestFixture]
public sealed class AccessLogParserRequestTests
{
    [TestCase("GET / HTTP/1.1", "GET", "/", "HTTP/1.1")]
    [TestCase("HEAD /a HTTP/1.0", "HEAD", "/a", "HTTP/1.0")]
    [TestCase("PUT /a HTTP/2.0", "PUT", "/a", "HTTP/2.0")]
    [TestCase("DELETE /a HTTP/3.0", "DELETE", "/a", "HTTP/3.0")]
    [TestCase("GET /a HTTP/2", "GET", "/a", "HTTP/2")]
    [TestCase("OPTIONS * HTTP/1.1", "OPTIONS", "*", "HTTP/1.1")]
    [TestCase("OPTIONS / RTSP/1.0", "OPTIONS", "/", "RTSP/1.0")]
    [TestCase("CONNECT example.com:443 HTTP/1.1", "CONNECT", "example.com:443", "HTTP/1.1")]
    [TestCase("GET http://example.com/ HTTP/1.1", "GET", "http://example.com/", "HTTP/1.1")]
    [TestCase("M-SEARCH * HTTP/1.1", "M-SEARCH", "*", "HTTP/1.1")]
    [TestCase("get /a HTTP/1.1", "get", "/a", "HTTP/1.1")]
    public void Parser_RequestOfThreeParts_ReadsThem(string request, string method, string path, string protocol)
    {
        var entry = new LogLine { Request = request }.Parse();

        Assert.That((entry.Method, entry.Path, entry.Protocol), Is.EqualTo((method, path, protocol)));
    }

    [TestCase("")]
    [TestCase("-")]
    [TestCase("GET")]
    [TestCase("GET /")]
    [TestCase("GET  HTTP/1.1")]
    [TestCase("GET  / HTTP/1.1")]
    [TestCase("GET /  HTTP/1.1")]
    [TestCase(" GET / HTTP/1.1")]
    [TestCase("GET / HTTP/1.1 ")]
    [TestCase(" / HTTP/1.1")]
    [TestCase("GET /two words HTTP/1.1")]
    [TestCase("GET / http/1.1")]
    [TestCase("GET / HTTP/")]
    [TestCase("GET / HTTP/1.")]
    [TestCase("GET / HTTP/x.y")]
    [TestCase("GET / HTTP1.1")]
    [TestCase("GET / /1.1")]
    [TestCase("G(T / HTTP/1.1")]
    [TestCase("three little words")]
    [TestCase("\\x16\\x03\\x01 / HTTP/1.1")]
    [TestCase("\\x16\\x03\\x01\\x02\\x00\\x01")]
    [TestCase("\\n")]
    public void Parser_RequestOfOtherShape_IsWellFormedWithoutPath(string request)
    {
        var entry = new LogLine { Request = request }.Parse();

        Assert.Multiple(() =>
        {
            Assert.That((entry.Method, entry.Path, entry.Protocol), Is.EqualTo(((string?)null, (string?)null, (string?)null)));
            Assert.That(entry.Request, Is.EqualTo(request));
            Assert.That(entry.Status, Is.EqualTo(200));
        });
    }

    [TestCase("/a", "/a")]
    [TestCase("/a?b=c&d", "/a?b=c&d")]
    [TestCase("/a?", "/a?")]
    [TestCase("/a#b", "/a#b")]
    [TestCase("/%61%20b+c", "/%61%20b+c")]
    [TestCase("//a/../b", "//a/../b")]
    [TestCase("/A", "/A")]
    [TestCase("/café", "/café")]
    [TestCase("/[a]", "/[a]")]
    public void Parser_Path_StaysAsSent(string sent, string path) => Assert.That(PathOf(sent), Is.EqualTo(path));

    [TestCase("/\\\"a\\\"", "/\"a\"")]
    [TestCase("/a\\\\b", "/a\\b")]
    [TestCase("/a\\\\", "/a\\")]
    [TestCase("/\\b\\n\\r\\t\\v", "/\b\n\r\t\v")]
    [TestCase("/\\x00\\x1b\\x7f", "/\0\u001B\u007F")]
    [TestCase("/\\x22\\x5C", "/\"\\")]
    [TestCase("/caf\\xc3\\xa9", "/café")]
    [TestCase("/\\xE2\\x82\\xAC", "/€")]
    [TestCase("/\\xf0\\x9f\\x98\\x80!", "/😀!")]
    [TestCase("/\\\\x41", "/\\x41")]
    public void Parser_EscapeInPath_IsUndone(string logged, string path) => Assert.That(PathOf(logged), Is.EqualTo(path));

    [TestCase("/\\xe4\\xf6")]
    [TestCase("/\\xc3")]
    [TestCase("/\\xc3(")]
    [TestCase("/\\xe2\\x82")]
    [TestCase("/\\xed\\xa0\\x80")]
    [TestCase("/\\x")]
    [TestCase("/\\x4")]
    [TestCase("/\\x4g")]
    [TestCase("/\\q\\a")]
    [TestCase("/\\X41")]
    public void Parser_EscapeThatStandsForNoText_StaysAsLogged(string logged) => Assert.That(PathOf(logged), Is.EqualTo(logged));

    [Test]
    public void Parser_BrokenBytesBesideText_OnlyTheBrokenOnesStay() =>
        Assert.That(PathOf("/\\xff\\xc3\\xa9\\xe2\\x82\\x41"), Is.EqualTo("/\\xffé\\xe2\\x82A"));

    [TestCase("a \\\"b\\\" c", "a \"b\" c")]
    [TestCase("\\\\", "\\")]
    [TestCase("\\\\\\\"", "\\\"")]
    [TestCase("", "")]
    [TestCase("-", "-")]
    [TestCase("] \" 200 5", null)]
    [TestCase("a\" \"b", null)]
    [TestCase("\\", null)]
    [TestCase("\\\\\\", null)]
    public void Parser_QuoteInQuotedField_NeedsItsBackslash(string logged, string? expected)
    {
        LogLine[] lines = [new() { Referer = logged }, new() { UserAgent = logged }];
        if (expected is null)
        {
            Assert.That(lines, Has.None.Matches<LogLine>(line => line.IsWellFormed()));
            return;
        }

        Assert.That(lines[0].Parse().Referer, Is.EqualTo(expected));
        Assert.That(lines[1].Parse().UserAgent, Is.EqualTo(expected));
    }

    [Test]
    public void Parser_RequestWithEscapes_IsKeptAsLoggedBesideItsPath()
    {
        var entry = new LogLine { Request = "GET /\\\"] \\\" HTTP/1.1" }.Parse();

        Assert.That(entry.Request, Is.EqualTo("GET /\\\"] \\\" HTTP/1.1"));
        Assert.That(entry.Path, Is.Null);
    }

    [Test]
    public void Parser_ControlCharacterInQuotedField_IsTheClients() =>
        Assert.That(new LogLine { UserAgent = "a\tb\u0001c\rd" }.Parse().UserAgent, Is.EqualTo("a\tb\u0001c\rd"));

    [Test]
    public void Parser_LongField_IsRead()
    {
        var path = "/" + new string('a', 1_000_000);

        Assert.That(PathOf(path), Is.EqualTo(path));
    }

    private static string? PathOf(string logged) => new LogLine { Request = $"GET {logged} HTTP/1.1" }.Parse().Path;
}
