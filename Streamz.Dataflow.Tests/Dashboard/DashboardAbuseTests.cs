using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Streamz.Dataflow.Hosting;
using Streamz.Dataflow.Tests.AspNetCore;

namespace Streamz.Dataflow.Tests.Dashboard;

/// <summary>Requests that no page of the dashboard makes.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(60_000), NonParallelizable]
internal sealed class DashboardAbuseTests : IDisposable
{
    private const string Script = "<script>alert('x')</script>";
    private const string Negotiate = "/status/_blazor/negotiate?negotiateVersion=1";

    private readonly HttpClient _client = TestClient.Create();

    public void Dispose() => _client.Dispose();

    [TestCase("POST", "/status")]
    [TestCase("POST", "/status/")]
    [TestCase("POST", "/status/pipelines/orders")]
    [TestCase("POST", "/status/api/pipelines")]
    [TestCase("POST", "/status/dashboard.js")]
    [TestCase("POST", "/status//_blazor/negotiate")]
    [TestCase("PUT", "/status/pipelines/orders")]
    [TestCase("DELETE", "/status/api/pipelines/orders")]
    [TestCase("OPTIONS", "/status/api/pipelines")]
    [TestCase("TRACE", "/status/")]
    [TestCase("ANYTHING", "/status/")]
    public async Task Dashboard_WrongMethod_IsRefused(string method, string path)
    {
        await using var host = await DashboardHost.StartAsync(Orders);

        using var answer = await SendAsync(host, method, path);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That(answer.Content.Headers.Allow, Is.EqualTo(new[] { "GET", "HEAD" }));
    }

    /// <summary>The length alone is sent: who reads the form would wait for it.</summary>
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("multipart/form-data; boundary=x")]
    public async Task Dashboard_FormIsPosted_IsRefusedUnread(string type)
    {
        await using var host = await DashboardHost.StartAsync(Orders);

        using var client = await TestClient.BeginPostAsync(new Uri(host.Address, "/status/pipelines/orders"), $"Content-Type: {type}\r\nContent-Length: 20000000\r\n\r\n");

        Assert.That(await client.ReadLineAsync(), Is.EqualTo("HTTP/1.1 405 Method Not Allowed"));
    }

    [TestCase("/status/../../etc/passwd")]
    [TestCase("/status/%2e%2e/%2e%2e/etc/passwd")]
    [TestCase("/status/..%2f..%2fetc%2fpasswd")]
    [TestCase("/status/..%5c..%5cwindows%5cwin.ini")]
    [TestCase("/status/_framework/..%2f..%2fappsettings.json")]
    [TestCase("/status/_content/..%2fappsettings.json")]
    [TestCase("/status/pipelines/..%2f..%2fetc%2fpasswd")]
    [TestCase("/status/api/pipelines/..%2f..%2fetc%2fpasswd")]
    [TestCase("/status//etc/passwd")]
    [TestCase("/status/appsettings.json")]
    [TestCase("/status/%00")]
    public async Task Dashboard_PathThatLeadsElsewhere_FindsNothing(string path)
    {
        await using var host = await DashboardHost.StartAsync(Orders);
        using var client = new TcpClient();
        await client.ConnectAsync(host.Address.Host, host.Address.Port).Soon();

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {host.Address.Authority}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(client.GetStream());
        var answer = await reader.ReadToEndAsync().Soon();

        Assert.That(answer, Does.Match("^HTTP/1.1 40[04] ").And.Not.Contain("root:"));
    }

    [TestCase("nobody", "nobody")]
    [TestCase(Script, "&lt;script&gt;alert")]
    public async Task Page_UnknownPipeline_IsNotFoundAndSaysSoInText(string name, string shown)
    {
        await using var host = await DashboardHost.StartAsync(Orders);

        using var answer = await _client.GetAsync(new Uri(host.Address, $"/status/pipelines/{Uri.EscapeDataString(name)}")).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain(shown).And.Not.Contain("<script>alert"));
    }

    [TestCase("Origin", "http://evil.example")]
    [TestCase("Origin", "null")]
    [TestCase("Origin", "https://127.0.0.1")]
    [TestCase("Sec-Fetch-Site", "cross-site")]
    [TestCase("Sec-Fetch-Site", "same-site")]
    public async Task Connection_FromThePageOfAnotherSite_IsRefused(string header, string value)
    {
        await using var host = await DashboardHost.StartAsync(Orders);

        using var answer = await SendAsync(host, "POST", Negotiate, header, value);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await answer.Content.ReadAsStringAsync(), Is.Empty);
        Assert.That(() => ConnectAsync(host, header, value), Throws.InstanceOf<WebSocketException>().With.Message.Contains("403"));
    }

    [TestCase("Origin", null)]
    [TestCase("Sec-Fetch-Site", "same-origin")]
    [TestCase("Sec-Fetch-Site", "none")]
    public async Task Connection_FromTheDashboard_IsOpened(string header, string? value)
    {
        await using var host = await DashboardHost.StartAsync(Orders);
        value ??= host.Address.GetLeftPart(UriPartial.Authority);

        using var answer = await SendAsync(host, "POST", Negotiate, header, value);
        using var socket = await ConnectAsync(host, header, value);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(socket.State, Is.EqualTo(WebSocketState.Open));
    }

    [Test]
    public async Task Api_HtmlInNamesAndFaults_IsJsonAndNothingElse()
    {
        await using var host = await DashboardHost.StartAsync(builder => builder
            .AddPipeline<string>(Script, (source, _) => source.Sink(text => throw new FormatException(text), options: new NodeOptions { Name = $"node {Script}" }))
            .OnFault(PipelineFaultBehavior.Ignore));
        Assert.That(() => host.Services.GetRequiredService<IEmitter<string>>().DeliverAsync(Script).Soon(), Throws.InstanceOf<Exception>());
        await Waiting.Until(() => Task.FromResult(host.Pipeline(Script).State == PipelineState.Faulted));

        foreach (var path in new[] { "/status/api/pipelines", $"/status/api/pipelines/{Uri.EscapeDataString(Script)}" })
        {
            using var answer = await _client.GetAsync(new Uri(host.Address, path)).Soon();
            var json = await answer.Content.ReadAsStringAsync();
            Assert.That(json, Does.Contain("\\u003Cscript\\u003Ealert").And.Contain("FormatException").And.Not.Contain("<script"));
            Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/json"));
            Assert.That(answer.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
        }
    }

    private static void Orders(StreamzBuilder builder) => builder.AddPipeline<int>("orders", (source, _) => source.Sink(_ => { }).Named("save"));

    private async Task<HttpResponseMessage> SendAsync(DashboardHost host, string method, string path, string header = "Accept", string value = "*/*")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(host.Address, path));
        request.Headers.Add(header, value);
        return await _client.SendAsync(request).Soon();
    }

    private static async Task<ClientWebSocket> ConnectAsync(DashboardHost host, string header, string value)
    {
        var socket = new ClientWebSocket();
        socket.Options.Proxy = null;
        socket.Options.SetRequestHeader(header, value);
        try
        {
            await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = Uri.UriSchemeWs, Path = "/status/_blazor" }.Uri, CancellationToken.None).Soon();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
