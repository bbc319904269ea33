using System.Net;
using System.Net.Sockets;
using System.Text;
using Streamz.Dataflow.Tests.AspNetCore;
using Streamz.Dataflow.Tests.Dashboard;
using static Microsoft.Playwright.Assertions;

namespace Streamz.Dataflow.Tests.Samples.Service;

/// <summary>The real service and clients that mean it no good. After each test it still takes orders.</summary>
[TestFixture, CancelAfter(120_000), NonParallelizable]
internal sealed class ServiceAbuseTests
{
    private const string Json = "application/json";
    private const string Script = "<script>alert(1)</script><img src=x onerror=alert(1)>";

    private const int Megabyte = 1 << 20;

    private ServiceProcess _service = null!;
    private int _orders;

    [OneTimeSetUp]
    public async Task StartAsync() => _service = await ServiceProcess.StartAsync();

    [OneTimeTearDown]
    public void Stop() => _service?.Dispose();

    [TearDown]
    public async Task StillRunsAsync()
    {
        Assert.That(_service.HasExited, Is.False);
        Assert.That(await _service.PostAsync($"good-{++_orders}").Soon(), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await _service.Client.GetStringAsync("/health/ready").Soon(), Is.EqualTo("Healthy"));
    }

    [TestCase(Json, "")]
    [TestCase(Json, "null")]
    [TestCase(Json, "{")]
    [TestCase(Json, "[]")]
    [TestCase(Json, """{"id":"bad","product":"pen","quantity":1} {}""")]
    [TestCase(Json, """{"id":"bad","product":"pen","quantity":99999999999999999999}""")]
    [TestCase(Json, """{"id":"bad","product":null,"quantity":1}""")]
    [TestCase(Json, """{"id":{"bad":1},"product":"pen","quantity":1}""")]
    [TestCase(Json, """{"id":"bad\ud800","product":"pen","quantity":1}""")]
    [TestCase("text/plain", """{"id":"bad","product":"pen","quantity":1}""")]
    [TestCase("application/x-www-form-urlencoded", """{"id":"bad","product":"pen","quantity":1}""")]
    [TestCase("multipart/form-data", """{"id":"bad","product":"pen","quantity":1}""")]
    [TestCase("no/type at all", """{"id":"bad","product":"pen","quantity":1}""")]
    public async Task Orders_BodyThatIsNoOrder_IsRefused(string type, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        using var answer = await _service.Client.PostAsync("/orders", content).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(type == Json ? HttpStatusCode.BadRequest : HttpStatusCode.UnsupportedMediaType));
        Assert.That(await answer.Content.ReadAsStringAsync(), Is.Empty);
        Assert.That((await _service.ReadDatabaseAsync()).Saved, Has.No.Member("bad"));
    }

    [Test]
    public async Task Orders_NestedWithoutEnd_IsRefused()
    {
        using var content = new StringContent(new string('[', 4_000), Encoding.UTF8, Json);

        using var answer = await _service.Client.PostAsync("/orders", content).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [TestCase(5_000)]
    [TestCase(50 * Megabyte)]
    public async Task Orders_BodyThatIsTooLong_IsRefusedByItsLength(int length)
    {
        using var client = await BeginAsync($"Content-Length: {length}\r\n\r\n");

        Assert.That(await client.ReadLineAsync(), Does.StartWith("HTTP/1.1 413"));
    }

    [Test]
    public async Task Orders_ManyEndlessBodies_AreRefusedAndNotKept()
    {
        var before = _service.PeakMemory();

        var pouring = Enumerable.Range(0, 30).Select(_ => PourAsync(10 * Megabyte)).ToList();
        await Task.WhenAll(pouring).Ended();

        Assert.Multiple(() =>
        {
            Assert.That(_service.PeakMemory() - before, Is.LessThan(150 * Megabyte));
            Assert.That(pouring.Select(each => each.IsCompletedSuccessfully ? each.Result : null), Is.All.StartsWith("HTTP/1.1 413"));
        });
    }

    [Test]
    public async Task Orders_BodyByteByByte_IsTaken()
    {
        const string Order = """{"id":"slow","product":"pen","quantity":1}""";
        using var client = await BeginAsync($"Content-Length: {Order.Length}\r\nExpect: 100-continue\r\n\r\n");
        client.NoDelay = true;
        Assert.That(await client.ReadLineAsync(), Is.EqualTo("HTTP/1.1 100 Continue"));
        Assert.That(await client.ReadLineAsync(), Is.Empty);

        foreach (var letter in Encoding.ASCII.GetBytes(Order))
        {
            await client.GetStream().WriteAsync(new[] { letter });

            // Gives the service a turn, so that letters do not arrive together.
            await _service.Client.GetStringAsync("/health/live").Soon();
        }

        Assert.That(await client.ReadLineAsync(), Is.EqualTo("HTTP/1.1 200 OK"));
        Assert.That((await _service.ReadDatabaseAsync()).Saved, Has.Member("slow"));
    }

    [Test]
    public async Task Orders_BodiesThatNeverCome_AreGivenUpWhileOthersAreServed()
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => BeginAsync("Content-Length: 100\r\n\r\n{")));

        Assert.That(await _service.PostAsync("beside").Soon(), Is.EqualTo(HttpStatusCode.OK));
        foreach (var client in clients)
        {
            using (client)
            {
                Assert.That(await client.ReadLineAsync(), Does.StartWith("HTTP/1.1 408"));
            }
        }
    }

    [Test]
    public async Task Service_MoreConnectionsThanItTakes_ClosesThemAndServesThoseThatAreOpen()
    {
        Assert.That(await _service.PostAsync("first").Soon(), Is.EqualTo(HttpStatusCode.OK));
        var idle = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => ConnectAsync()));
        try
        {
            using var late = await ConnectAsync();

            Assert.That(await IsClosedAsync(late), Is.True);
            Assert.That(await _service.PostAsync("during").Soon(), Is.EqualTo(HttpStatusCode.OK));
        }
        finally
        {
            Array.ForEach(idle, connection => connection.Dispose());
        }

        await Waiting.Until(async () =>
        {
            using var client = await BeginAsync("Content-Length: 0\r\n\r\n");
            return !await IsClosedAsync(client);
        });
    }

    [TestCase("text/plain")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("multipart/form-data; boundary=x")]
    public async Task Orders_PostedByThePageOfAnotherSite_IsRefused(string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = new ByteArrayContent("""{"id":"forged","product":"pen","quantity":1}"""u8.ToArray()) };
        request.Headers.Add("Origin", "http://evil.example");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);

        using var answer = await _service.Client.SendAsync(request).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
        Assert.That((await _service.ReadDatabaseAsync()).Saved, Has.No.Member("forged"));
    }

    /// <summary>A browser asks first whether it may post JSON to another site.</summary>
    [Test]
    public async Task Orders_PageOfAnotherSiteAsksWhetherItMayPostJson_IsNotAllowed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/orders");
        request.Headers.Add("Origin", "http://evil.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type");

        using var answer = await _service.Client.SendAsync(request).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That(answer.Headers.Contains("Access-Control-Allow-Origin"), Is.False);
    }

    [TestCase("/orders")]
    [TestCase("/orders/count")]
    [TestCase("/status/api/pipelines")]
    public async Task Service_NameOfAnotherSite_IsRefused(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = "evil.example" } };

        using var answer = await _service.Client.SendAsync(request).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [TestCase("GET", "/orders")]
    [TestCase("PUT", "/orders")]
    [TestCase("DELETE", "/orders")]
    [TestCase("TRACE", "/orders")]
    [TestCase("POST", "/orders/count")]
    [TestCase("DELETE", "/pipeline")]
    [TestCase("POST", "/graph.svg")]
    [TestCase("POST", "/status")]
    [TestCase("PATCH", "/status/")]
    public async Task Service_WrongMethod_IsRefused(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await _service.Client.SendAsync(request).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
    }

    [Test]
    public async Task Dashboard_ScriptInAnOrder_IsText()
    {
        Assert.That(await _service.PostAsync(Script, Script).Soon(), Is.EqualTo(HttpStatusCode.OK));
        await using var chromium = await Chromium.StartAsync();
        var page = await chromium.OpenAsync();
        var dialogs = 0;
        page.Dialog += async (_, dialog) =>
        {
            dialogs++;
            await dialog.DismissAsync();
        };

        await page.GotoAsync(new Uri(_service.Address, "/status/pipelines/orders").ToString());
        await Expect(page.Locator("main[data-live]")).ToBeVisibleAsync();
        await page.GetByRole(Microsoft.Playwright.AriaRole.Tab, new() { Name = "Failures" }).ClickAsync();
        await Expect(page.Locator("td", new() { HasText = $"There is no '{Script}'." }).First).ToBeVisibleAsync();

        Assert.That(await page.Locator("img[src=x]").CountAsync(), Is.Zero);
        Assert.That(dialogs, Is.Zero);
        Assert.That(await page.ContentAsync(), Does.Contain("&lt;script&gt;alert(1)").And.Not.Contain("<script>alert"));
    }

    private Task<TcpClient> BeginAsync(string rest) => TestClient.BeginPostAsync(new Uri(_service.Address, "/orders"), $"Content-Type: {Json}\r\n{rest}");

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(_service.Address.Host, _service.Address.Port).Soon();
        return client;
    }

    /// <summary>Sends a body in chunks, until it is answered or so much is sent. It is never ended.</summary>
    private async Task<string?> PourAsync(int length)
    {
        using var client = await BeginAsync("Transfer-Encoding: chunked\r\n\r\n");
        var answer = client.ReadLineAsync();
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string(' ', 0x10000)}\r\n");
        try
        {
            for (var sent = 0; sent < length && !answer.IsCompleted; sent += chunk.Length)
            {
                await client.GetStream().WriteAsync(chunk);
            }
        }
        catch (IOException)
        {
            // It was answered and cut off.
        }

        return await answer;
    }

    private static async Task<bool> IsClosedAsync(TcpClient client)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[1]).AsTask().Soon() == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
