namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>What the simulated server has to offer, and what is asked of it in vain.</summary>
internal static class SimulatedSite
{
    private static readonly string[] _topics =
    [
        "back-pressure", "batching", "clocks", "deadlines", "events", "files", "graphs", "hashing", "indexes", "joins",
        "keys", "latency", "memory", "names", "ordering", "pipelines", "queues", "retries", "streams", "windows",
    ];

    /// <summary>From the most to the least wanted.</summary>
    public static IReadOnlyList<SimulatedPage> Pages { get; } = [.. ListPages()];

    /// <summary>What scanners look for on any server.</summary>
    public static IReadOnlyList<string> Missing { get; } =
    [
        "/wp-login.php", "/.env", "/admin.php", "/.git/config", "/phpmyadmin/index.php?lang=en", "/cgi-bin/test.cgi",
        "/backup.zip", "/old/index.html", "/api/v1/pods", "/search?q=\\\"quoted\\\"", "/caf\\xc3\\xa9/menu", "/%2e%2e/%2e%2e/etc/passwd",
    ];

    /// <summary>Request fields that are no <c>METHOD path PROTOCOL</c>, as Apache escapes them.</summary>
    public static IReadOnlyList<string> StrangeRequests { get; } =
    [
        "-", "\\x16\\x03\\x01\\x02", "\\n", "GET /", "\\\\\\x00\\xff", "GET /two words HTTP/1.1",
    ];

    public static IReadOnlyList<string> Agents { get; } =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
        "Mozilla/5.0 (compatible; ExampleBot/2.1; +http://example.com/bot.html)",
        "ExampleFeed/1.4 (\\\"every hour\\\")",
        "curl/8.8.0",
        "-",
    ];

    private static IEnumerable<SimulatedPage> ListPages()
    {
        yield return new("/", 11_408);
        yield return new("/style.css", 4_877);
        yield return new("/favicon.ico", 3_638);
        yield return new("/app.js", 92_161);
        yield return new("/feed?format=rss", 30_544);
        yield return new("/images/logo.png", 8_095);
        yield return new("/robots.txt", 112);

        for (var topic = 0; topic < _topics.Length; topic++)
        {
            var name = _topics[topic];
            yield return new($"/articles/{name}/", 9_000 + (topic * 731));
            yield return new($"/images/{name}.jpg", 48_000 + (topic * 9_173));
            yield return new($"/tags/{name}?format=rss", 14_000 + (topic * 389));
            for (var page = 1; page <= 12; page++)
            {
                yield return new($"/api/{name}?page={page}&size=20", 1_800 + (page * 17));
            }
        }

        yield return new("/admin/", 2_250);
        yield return new("/download/streams-1.0.tar.gz", 5_242_880);
    }
}
