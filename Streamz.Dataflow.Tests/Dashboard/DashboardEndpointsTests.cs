using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Streamz.Dataflow.Dashboard;
using Streamz.Dataflow.Hosting;
using Streamz.Dataflow.Tests.AspNetCore;

namespace Streamz.Dataflow.Tests.Dashboard;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(60_000), NonParallelizable]
internal sealed class DashboardEndpointsTests : IDisposable
{
    private const string Script = "<script>alert('x')</script>";

    private readonly HttpClient _client = TestClient.Create();

    public void Dispose() => _client.Dispose();

    [Test]
    public async Task Page_WithoutTheSlash_LeadsToThePipelines()
    {
        await using var host = await DashboardHost.StartAsync(Orders);

        var page = await GetAsync(host, "/status");

        Assert.That(page, Does.Contain("""<base href="/status/" />""").And.Contain("pipelines/orders"));
    }

    [Test]
    public async Task Page_OtherPath_IsServedThere()
    {
        await using var host = await DashboardHost.StartAsync(Orders, path: "/admin/streams", others: app => app.MapGet("/status", () => "mine"));

        Assert.That(await GetAsync(host, "/admin/streams/pipelines/orders"), Does.Contain("""<base href="/admin/streams/" />""").And.Contain("save"));
        Assert.That(await GetAsync(host, "/status"), Is.EqualTo("mine"));
    }

    [Test]
    public async Task Page_HtmlInNamesAndElements_IsEscaped()
    {
        await using var host = await DashboardHost.StartAsync(
            builder => builder.AddPipeline<string>(Script, (source, _) =>
            {
                var queue = new DeadLetterQueue().Named($"queue {Script}");
                queue.Sink(_ => { });
                source.Map(text => text.Length == 0 ? text : throw new FormatException($"failure {text}"), options: new NodeOptions { Name = $"node {Script}", OnError = ErrorPolicy.DeadLetter(queue) })
                    .Sink(_ => { });
            }),
            options => options.ShowElements = true);
        await host.Services.GetRequiredService<IEmitter<string>>().DeliverAsync(Script).Soon();

        var (all, one) = (await GetAsync(host, "/status/"), await GetAsync(host, $"/status/pipelines/{Uri.EscapeDataString(Script)}"));

        Assert.That(all + one, Does.Not.Contain("<script>alert"));
        Assert.That(one, Does.Contain("node &lt;script&gt;alert"));
    }

    [Test]
    public async Task Assets_AreServedFromTheAppWithAStrictPolicy()
    {
        await using var host = await DashboardHost.StartAsync(Orders);

        foreach (var asset in new[] { "_framework/blazor.web.js", "MudBlazor.min.css", "MudBlazor.min.js", "dashboard.css", "dashboard.js", "connection.js", "icon.svg" })
        {
            using var answer = await _client.GetAsync(new Uri(host.Address, $"/status/{asset}")).Soon();
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), asset);
            Assert.That(answer.Headers.GetValues("Content-Security-Policy").Single(), Does.StartWith("default-src 'self'"));
            using var again = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Address, $"/status/{asset}"));
            again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
            Assert.That((await _client.SendAsync(again).Soon()).StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
        }
    }

    [Test]
    public async Task Api_Pipelines_AreJson()
    {
        await using var host = await DashboardHost.StartAsync(Orders);
        await host.Services.GetRequiredService<IEmitter<int>>().DeliverAsync(1).Soon();

        using var all = JsonDocument.Parse(await GetAsync(host, "/status/api/pipelines"));
        using var one = JsonDocument.Parse(await GetAsync(host, "/status/api/pipelines/orders"));

        Assert.That(all.RootElement.EnumerateArray().Single().GetProperty("name").GetString(), Is.EqualTo("orders"));
        Assert.That(one.RootElement.GetProperty("state").GetString(), Is.EqualTo("Running"));
        Assert.That(one.RootElement.GetProperty("nodes").EnumerateArray().Select(node => (node.GetProperty("name").GetString(), node.GetProperty("received").GetInt64())), Does.Contain(("save", 1L)));
        Assert.That(one.RootElement.GetProperty("edges").GetArrayLength(), Is.EqualTo(2));
    }

    [TestCase(false, null)]
    [TestCase(true, "42")]
    public async Task Api_OnePipeline_HasItsLogAndItsFailuresWithTheirElementsIfAllowed(bool isShown, string? element)
    {
        await using var host = await DashboardHost.StartAsync(
            builder => builder.AddPipeline<int>("orders", (source, _) =>
            {
                var queue = new DeadLetterQueue().Named("rejected");
                queue.Sink(_ => { });
                source.Map<int, int>(x => throw new FormatException("bad"), options: new NodeOptions { Name = "check", OnError = ErrorPolicy.DeadLetter(queue) }).Sink(_ => { });
            }),
            options => options.ShowElements = isShown);
        await host.Services.GetRequiredService<IEmitter<int>>().DeliverAsync(42).Soon();

        using var one = JsonDocument.Parse(await GetAsync(host, "/status/api/pipelines/orders"));
        using var all = JsonDocument.Parse(await GetAsync(host, "/status/api/pipelines"));

        var failure = one.RootElement.GetProperty("failures").EnumerateArray().Single();
        Assert.That(
            new[] { "node", "queue", "failure", "element" }.Select(name => failure.GetProperty(name).GetString()),
            Is.EqualTo(new[] { "check", "rejected", "FormatException: bad", element }));
        Assert.That(failure.GetProperty("attempts").GetInt32(), Is.EqualTo(1));
        var entry = one.RootElement.GetProperty("log").EnumerateArray().Single();
        Assert.That((entry.GetProperty("severity").GetString(), entry.GetProperty("text").GetString()), Is.EqualTo(("Note", "The pipeline runs.")));
        Assert.That(all.RootElement.EnumerateArray().Single().TryGetProperty("failures", out _), Is.False);
    }

    [Test]
    public async Task Api_TwoDashboardsOfOneApp_BothHaveTheLogAndTheFailures()
    {
        await using var host = await DashboardHost.StartAsync(
            builder => builder.AddPipeline<int>("orders", (source, _) => source.Map<int, int>(x => throw new FormatException("bad"), options: new NodeOptions { OnError = ErrorPolicy.Skip }).Sink(_ => { })),
            others: app => app.MapStreamzDashboard("/ops", options => options.ControlsPolicy = DashboardHost.Policy).RequireAuthorization(DashboardHost.Policy));
        await host.Services.GetRequiredService<IEmitter<int>>().DeliverAsync(42).Soon();
        _client.DefaultRequestHeaders.Add("user", "operator");

        foreach (var path in new[] { "/status", "/ops" })
        {
            using var one = JsonDocument.Parse(await GetAsync(host, $"{path}/api/pipelines/orders"));
            Assert.That(one.RootElement.GetProperty("failures").EnumerateArray().Single().GetProperty("failure").GetString(), Is.EqualTo("FormatException: bad"), path);
            Assert.That(one.RootElement.GetProperty("log").EnumerateArray().Single().GetProperty("text").GetString(), Is.EqualTo("The pipeline runs."), path);
        }
    }

    [Test]
    public async Task Api_UnknownPipeline_IsNotFound()
    {
        await using var host = await DashboardHost.StartAsync(Orders);

        using var answer = await _client.GetAsync(new Uri(host.Address, "/status/api/pipelines/nobody")).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase("/status/")]
    [TestCase("/status/api/pipelines")]
    [TestCase("/status/dashboard.js")]
    [TestCase("/status/_blazor/negotiate")]
    public async Task Dashboard_AuthorizationRequired_RefusesOthers(string path)
    {
        await using var host = await DashboardHost.StartAsync(Orders, guard: dashboard => dashboard.RequireAuthorization(DashboardHost.Policy));

        using var answer = await _client.GetAsync(new Uri(host.Address, path)).Soon();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public void MapStreamzDashboard_UnknownPolicy_IsRefusedWithTheCure() => Assert.That(
        () => DashboardHost.StartAsync(Orders, options => options.ControlsPolicy = "nobody"),
        Throws.InvalidOperationException.With.Message.Contains("'nobody'").And.Message.Contains("AddAuthorization"));

    [TestCase("status")]
    [TestCase("/")]
    [TestCase("/status/{name}")]
    public void MapStreamzDashboard_ImpossiblePath_IsRefused(string path) => Assert.That(
        () => DashboardHost.StartAsync(Orders, path: path),
        Throws.ArgumentException.With.Message.Contains($"'{path}'"));

    [Test]
    public void MapStreamzDashboard_NoPipelines_IsRefused()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        using IDisposable app = builder.Build();

        Assert.That(() => ((WebApplication)app).MapStreamzDashboard(), Throws.InvalidOperationException.With.Message.Contains("AddStreamz"));
    }

    private static void Orders(StreamzBuilder builder) => builder.AddPipeline<int>(
        "orders", (source, _) => source.Map(x => x + 1, options: new NodeOptions { Name = "price" }).Sink(_ => { }).Named("save"));

    private async Task<string> GetAsync(DashboardHost host, string path) => await _client.GetStringAsync(new Uri(host.Address, path)).Soon();
}
