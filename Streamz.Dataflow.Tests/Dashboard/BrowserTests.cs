using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Streamz.Dataflow.Dashboard;
using Streamz.Dataflow.Hosting;
using static Microsoft.Playwright.Assertions;

namespace Streamz.Dataflow.Tests.Dashboard;

/// <summary>The page in a real browser. Screenshots are left in artifacts/screenshots, to be looked at.</summary>
[TestFixture, CancelAfter(120_000), NonParallelizable]
internal sealed class BrowserTests : BrowserFixture
{
    private const string Script = "<img src=x onerror=alert(1)>";

    [Test]
    public async Task Page_WhileElementsFlow_IsLiveAndAsksNobodyElse()
    {
        await using var host = await DashboardHost.StartAsync(Orders);
        var page = await Browser.OpenAsync();
        var (requests, errors) = (new ConcurrentBag<string>(), new ConcurrentBag<string>());
        page.Request += (_, request) => requests.Add(request.Url);
        page.WebSocket += (_, socket) => requests.Add(socket.Url);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => errors.Add(error);

        await page.GotoAsync($"{host.Address}status");
        await page.GetByRole(AriaRole.Link, new() { Name = "orders" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("orders");
        await Expect(Row(page, "save")).ToContainTextAsync("0/s");
        await host.EmitAsync(50);
        await Expect(Row(page, "price")).ToContainTextAsync("45");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Failures" }).ClickAsync();
        await Expect(page.Locator("td", new() { HasText = "cannot be sold" }).First).ToBeVisibleAsync();
        await Expect(page.Locator("td.dz-element").First).ToHaveTextAsync("hidden");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Log" }).ClickAsync();
        await Expect(page.Locator(".dz-log")).ToContainTextAsync("The pipeline runs.");
        await Chromium.ShootAsync(page, "orders-light");

        Assert.That(requests, Has.Count.GreaterThan(5));
        Assert.That(requests.Where(url => new Uri(url).Authority != host.Address.Authority), Is.Empty);
        Assert.That(errors, Is.Empty);
    }

    [Test]
    public async Task Page_ByKeyboard_ShowsANodeAndTheOtherTheme()
    {
        await using var host = await DashboardHost.StartAsync(Orders);
        var page = await Browser.OpenAsync(isDark: true);
        await page.GotoAsync($"{host.Address}status/pipelines/orders");
        await InteractiveAsync(page);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");

        await page.Locator("[data-node=price]").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Node price" })).ToBeVisibleAsync();
        await Chromium.ShootAsync(page, "orders-dark");
        await page.GetByRole(AriaRole.Button, new() { Name = "Light theme" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await page.ReloadAsync();

        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
    }

    [Test]
    public async Task Page_DarkSystem_IsDarkBeforeItIsConnected()
    {
        await using var host = await DashboardHost.StartAsync(Orders);
        var page = await Browser.OpenAsync(isDark: true);
        await page.RouteAsync("**/blazor.web.js", route => route.AbortAsync());

        await page.GotoAsync($"{host.Address}status/pipelines/orders");

        await Expect(page.Locator(".dz-panel").First).ToHaveCSSAsync("background-color", "rgb(23, 28, 36)");
        await Expect(page.Locator("h1")).ToHaveCSSAsync("color", "rgb(232, 237, 244)");
        await Expect(page.Locator(".dz-bar")).ToHaveCSSAsync("background-color", "rgb(23, 28, 36)");
    }

    [Test]
    public async Task Page_OnAPhone_IsAsWideAsTheScreen()
    {
        await using var host = await DashboardHost.StartAsync(Orders);
        var page = await Browser.OpenAsync(390, 844, isDark: true);
        await page.GotoAsync($"{host.Address}status/pipelines/orders");
        await InteractiveAsync(page);
        await host.EmitAsync(20);
        await Expect(Row(page, "price")).ToContainTextAsync("18");

        await Chromium.ShootAsync(page, "orders-phone");

        Assert.That(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(390));
    }

    [Test]
    public async Task Page_TwoHundredNodes_AreAllShown()
    {
        await using var host = await DashboardHost.StartAsync(builder => DashboardHost.AddLarge(builder, "large"));
        var page = await Browser.OpenAsync();
        await page.GotoAsync($"{host.Address}status/pipelines/large");
        await InteractiveAsync(page);
        await host.EmitAsync(30);

        await Expect(page.Locator(".dz-node")).ToHaveCountAsync(211);
        await Expect(Row(page, "step 9-18")).ToContainTextAsync("30");
        await Chromium.ShootAsync(page, "large");
        await page.GetByRole(AriaRole.Button, new() { Name = "Whole graph" }).ClickAsync();

        await Expect(page.Locator("[data-node='step 9-19']")).ToBeInViewportAsync(new() { Ratio = 1 });
        await Chromium.ShootAsync(page, "large-whole");
        Assert.That(await page.EvaluateAsync<int>(
            """
            [...document.querySelectorAll(".dz-node")]
              .map(node => node.getBoundingClientRect())
              .filter(place => place.left >= 0 && place.top >= 0 && place.right <= innerWidth && place.bottom <= innerHeight && place.width > 5).length
            """), Is.EqualTo(211));
    }

    [Test]
    public async Task Page_HtmlInNamesAndElements_IsText()
    {
        await using var host = await DashboardHost.StartAsync(
            builder => builder.AddPipeline<int>("orders", (source, _) =>
            {
                var queue = new DeadLetterQueue().Named(Script);
                queue.Sink(_ => { });
                source.Map(x => new Evil()).Map<Evil, Evil>(evil => throw new FormatException(Script), options: new NodeOptions { Name = $"node {Script}", OnError = ErrorPolicy.DeadLetter(queue) }).Sink(_ => { });
            }),
            options => options.ShowElements = true);
        await host.EmitAsync(1);
        var page = await Browser.OpenAsync();
        var dialogs = 0;
        page.Dialog += async (_, dialog) =>
        {
            dialogs++;
            await dialog.DismissAsync();
        };

        await page.GotoAsync($"{host.Address}status/pipelines/orders");
        await InteractiveAsync(page);
        await page.GetByRole(AriaRole.Tab, new() { Name = "Failures" }).ClickAsync();
        await Expect(page.Locator("td.dz-element").First).ToHaveTextAsync(Script);

        Assert.That(await page.Locator("img[src=x]").CountAsync(), Is.Zero);
        Assert.That(dialogs, Is.Zero);
    }

    [TestCase(null, null)]
    [TestCase(DashboardHost.Policy, null)]
    [TestCase(DashboardHost.Policy, "visitor")]
    public async Task Controls_WithoutThePolicy_AreNotThere(string? policy, string? user)
    {
        await using var host = await DashboardHost.StartAsync(Orders, options => options.ControlsPolicy = policy);
        var page = await Browser.OpenAsync(user: user);
        await page.GotoAsync($"{host.Address}status/pipelines/orders");
        await InteractiveAsync(page);

        await page.Locator("[data-node=price]").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Node price" })).ToBeVisibleAsync();

        Assert.That(await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).CountAsync(), Is.Zero);
    }

    [Test]
    public async Task Controls_WithThePolicy_PauseAndResumeTheNodeAndReplayItsLetters()
    {
        await using var host = await DashboardHost.StartAsync(Orders, options => options.ControlsPolicy = DashboardHost.Policy);
        var page = await Browser.OpenAsync(user: "operator");
        await page.GotoAsync($"{host.Address}status/pipelines/orders");
        await InteractiveAsync(page);
        await host.EmitAsync(10);

        await page.Locator("[data-node=price]").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Resume" })).ToBeVisibleAsync();
        await Chromium.ShootAsync(page, "controls");
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Failures" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();

        await Expect(page.GetByText("was given to 'check' again")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Tab, new() { Name = "Failures (2)" })).ToBeVisibleAsync();
    }

    [Test]
    public async Task Controls_WithThePolicy_ChangeParallelismAndRate()
    {
        await using var host = await DashboardHost.StartAsync(
            builder => builder.AddPipeline<int>("orders", (source, _) => source
                .Map(async x => { await Task.Yield(); return x; }, maxDegreeOfParallelism: 4, options: new NodeOptions { Name = "price" })
                .RateLimit(TimeSpan.FromMilliseconds(2)).Named("pace")
                .Sink(_ => { })),
            options => options.ControlsPolicy = DashboardHost.Policy);
        var page = await Browser.OpenAsync(user: "operator");
        await page.GotoAsync($"{host.Address}status/pipelines/orders");
        await InteractiveAsync(page);

        await page.Locator("[data-node=price]").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Set parallelism" })).ToBeDisabledAsync();
        await page.GetByLabel("Parallelism", new() { Exact = true }).FillAsync("7");
        await page.Keyboard.PressAsync("Tab");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set parallelism" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Node price" })).ToContainTextAsync("7 at once");
        await page.Locator("[data-node=pace]").ClickAsync();
        await page.GetByLabel("Interval, ms").FillAsync("5");
        await page.Keyboard.PressAsync("Tab");
        await Chromium.ShootAsync(page, "controls-rate");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set interval" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Node pace" })).ToContainTextAsync("rate_limit 5 ms");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Log" }).ClickAsync();
        await Expect(page.Locator(".dz-log")).ToContainTextAsync("'price' was set to a parallelism of 7 from the dashboard.");

        Assert.That(host.Pipeline("orders").Graph.ToText(), Does.Contain("x7").And.Contain("rate_limit 5 ms"));
    }

    [Test]
    public async Task Page_WithACluster_ShowsItsWorkers()
    {
        await using var cluster = await Orleans.Clusters.StartAsync();
        await using var source = new StreamSource<int>(new StreamOptions { Name = "squares" });
        source.Scatter(cluster).Map(x => x * x).Buffer(8).Gather().Sink(_ => { });
        await using var dashboard = await StreamzDashboard.StartAsync(source.Start(), port: 0, options => options.Clusters.Add(cluster));
        var page = await Browser.OpenAsync();
        await page.GotoAsync($"{dashboard.Address}/");
        var row = page.Locator("tr", new() { HasText = cluster.GetSnapshot().Workers[0].Name });
        await Expect(row).ToContainTextAsync("0 B");

        await source.EmitAllAsync(Enumerable.Range(0, 300));
        await source.CompleteAsync();

        await Expect(row.Locator("td").Nth(3)).ToHaveTextAsync("300");
        await Chromium.ShootAsync(page, "cluster");
        var json = await page.APIRequest.GetAsync($"{dashboard.Address}/api/clusters");
        Assert.That(await json.TextAsync(), Does.Contain("\"completed\": 300"));
    }

    private static void Orders(StreamzBuilder builder) => builder.AddPipeline<int>("orders", (source, _) =>
    {
        var queue = new DeadLetterQueue().Named("rejected");
        queue.Sink(_ => { }).Named("keep");
        source
            .Map(x => x % 10 == 9 ? throw new FormatException($"Order {x} cannot be sold.") : x, options: new NodeOptions { Name = "check", OnError = ErrorPolicy.DeadLetter(queue) })
            .Map(async x => { await Task.Yield(); return x; }, maxDegreeOfParallelism: 4, options: new NodeOptions { Name = "price" })
            .Partition(10, TimeSpan.FromMilliseconds(50)).Named("batch")
            .Sink(_ => { }).Named("save");
    });

    private static ILocator Row(IPage page, string node) =>
        page.Locator("tr").Filter(new() { Has = page.GetByRole(AriaRole.Button, new() { Name = node, Exact = true }) });

    private sealed class Evil
    {
        public override string ToString() => Script;
    }
}
