using System.Globalization;

namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>Writes the log that a busy web server would: one seed and the same times give the same lines.</summary>
/// <remarks>
/// Clients and pages are wanted as Zipf's law has it, both from a limited number, so that a summary of an endless log stays
/// small. Errors of the server come in bursts. One line in two hundred is malformed.
/// </remarks>
internal sealed class AccessLogSimulator(int seed)
{
    public const double MalformedShare = 0.005;

    private const int ClientCount = 20_000;
    private const double BurstStart = 0.000_5;

    private readonly Random _random = new(seed);
    private readonly ZipfChoice _clientRanks = new(ClientCount, exponent: 0.9);
    private readonly ZipfChoice _pageRanks = new(SimulatedSite.Pages.Count, exponent: 1.1);
    private int _burstLeft;

    /// <summary>How many of the lines so far were made malformed: what a reader of them should find.</summary>
    public long Malformed { get; private set; }

    /// <summary>An endless log, a line each <paramref name="interval"/> of its own time from <paramref name="start"/> on.</summary>
    public IEnumerable<string> Lines(DateTimeOffset start, TimeSpan interval)
    {
        for (var now = start; ; now += interval)
        {
            yield return Next(now);
        }
    }

    /// <summary>The next line, without a line ending, for a request at <paramref name="now"/>.</summary>
    public string Next(DateTimeOffset now)
    {
        var line = Request(now);
        if (_random.NextDouble() >= MalformedShare)
        {
            return line;
        }

        Malformed++;
        return DamagedLine.Of(line, _random);
    }

    private string Request(DateTimeOffset now)
    {
        var client = new SimulatedClient(_clientRanks.Next(_random));
        var page = SimulatedSite.Pages[_pageRanks.Next(_random)];
        var status = NextStatus();
        var user = page.Path == "/admin/" && status == 200 ? "mary ann" : "-";
        var referer = _random.Next(3) == 0 ? "https://example.com/" : "-";
        return $"{client.Address} - {user} [{Time(now)}] \"{Asked(status, page)}\" {status} {Sent(status, page)} \"{referer}\" \"{client.Agent}\"";
    }

    private int NextStatus()
    {
        if (_burstLeft == 0 && _random.NextDouble() < BurstStart)
        {
            _burstLeft = _random.Next(50, 200);
        }

        if (_burstLeft > 0)
        {
            _burstLeft--;
            if (_random.Next(10) < 6)
            {
                return 500;
            }
        }

        return _random.NextDouble() switch
        {
            < 0.870 => 200,
            < 0.930 => 304,
            < 0.970 => 404,
            < 0.985 => 301,
            < 0.991 => 206,
            < 0.994 => 403,
            < 0.997 => 400,
            < 0.999 => 503,
            _ => 500,
        };
    }

    private string Asked(int status, SimulatedPage page) => status switch
    {
        400 => Any(SimulatedSite.StrangeRequests),
        404 => $"GET {Any(SimulatedSite.Missing)} HTTP/1.1",
        _ => $"{NextMethod()} {page.Path} {(_random.Next(4) == 0 ? "HTTP/1.1" : "HTTP/2.0")}",
    };

    private string NextMethod() => _random.Next(50) switch
    {
        0 => "HEAD",
        1 => "POST",
        _ => "GET",
    };

    private string Sent(int status, SimulatedPage page) => status switch
    {
        200 => page.Size.ToString(CultureInfo.InvariantCulture),
        206 => _random.Next(1, page.Size).ToString(CultureInfo.InvariantCulture),
        301 or 304 => "-",
        _ => _random.Next(200, 900).ToString(CultureInfo.InvariantCulture),
    };

    private string Any(IReadOnlyList<string> choices) => choices[_random.Next(choices.Count)];

    private static string Time(DateTimeOffset now)
    {
        // No format of .NET writes an offset without its colon.
        var zone = now.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", string.Empty, StringComparison.Ordinal);
        return now.ToString("dd/MMM/yyyy:HH:mm:ss ", CultureInfo.InvariantCulture) + zone;
    }
}
