using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Streamz.Dataflow.Samples.WebCrawler;

/// <summary>A small web site on a free port of the loopback address: a house whose pages lead into one another, in circles too.</summary>
internal sealed class SampleSite : IAsyncDisposable
{
    private static readonly Dictionary<string, (string Title, string[] Links)> _pages = new()
    {
        ["/"] = ("The house", ["/hall", "/garden", "/cellar", "https://example.org/neighbours"]),
        ["/hall"] = ("The hall", ["/", "/library", "/kitchen", "/stairs"]),
        ["/garden"] = ("The garden", ["/", "/kitchen", "/pond", "/gate"]),
        ["/cellar"] = ("The cellar", ["/kitchen", "/well"]),
        ["/library"] = ("The library", ["/hall", "/library/shelf", "/secret-door"]),
        ["/kitchen"] = ("The kitchen", ["/hall", "/garden", "/cellar", "/attic"]),
        ["/stairs"] = ("The stairs", ["/hall", "/attic"]),
        ["/pond"] = ("The pond", ["/garden", "/well"]),
        ["/well"] = ("The well", ["/cellar", "/pond"]),
        ["/library/shelf"] = ("A shelf", ["/library", "/library/book"]),
        ["/library/book"] = ("A book about this house", ["/"]),
        ["/attic"] = ("The attic", ["/stairs", "/library/book"]),
    };

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _serving;

    public SampleSite()
    {
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}/");
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _serving;
        _listener.Dispose();
        _closing.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_closing.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    /// <summary>Answers one request and closes the connection, as HTTP/1.0 did.</summary>
    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
                var request = await reader.ReadLineAsync(_closing.Token);
                while (await reader.ReadLineAsync(_closing.Token) is { Length: > 0 })
                {
                    // Headers, none of which matters here.
                }

                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(AnswerTo(request)), _closing.Token);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // Whoever asked does not want the answer any more.
        }
    }

    private static string AnswerTo(string? request)
    {
        var path = request?.Split(' ') is [_, var asked, ..] ? asked : "";
        var (status, body) = _pages.TryGetValue(path, out var page)
            ? ("200 OK", $"<title>{page.Title}</title>\n{string.Concat(page.Links.Select(link => $"<a href=\"{link}\">{link}</a>\n"))}")
            : ("404 Not Found", "<title>There is no such room</title>\n");
        return $"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";
    }
}
