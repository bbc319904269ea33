using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Streamz.Dataflow.Tests.AspNetCore;
using Streamz.Dataflow.Tests.Dashboard;
using static Microsoft.Playwright.Assertions;

namespace Streamz.Dataflow.Tests.Samples.Service;

/// <summary>The page of the real service in a real browser, under load. Screenshots are left in artifacts/screenshots, to be looked at.</summary>
[TestFixture, CancelAfter(180_000), NonParallelizable]
internal sealed class ServiceBrowserTests : BrowserFixture
{
    [Test]
    public async Task Page_ServiceUnderLoad_ShowsItsGraphAndNumbersThatMove()
    {
        using var service = await ServiceProcess.StartAsync(load: 100);
        var page = await Browser.OpenAsync();
        await page.GotoAsync(new Uri(service.Address, "/status").ToString());

        await page.GetByRole(AriaRole.Link, new() { Name = "orders" }).ClickAsync();

        foreach (var node in new[] { "orders", "check", "price", "batch", "save", "rejected", "reject" })
        {
            await Expect(page.Locator($"[data-node='{node}']")).ToBeVisibleAsync();
        }

        await Expect(page.Locator(".dz-rate").First).ToHaveTextAsync(new Regex("^[0-9.]+k?/s$"));
        await MovesAsync(page, "save");
        await MovesAsync(page, "reject");
        await page.Locator("[data-node=price]").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Node price" })).ToBeVisibleAsync();
        Assert.That(await page.Locator(".dz-controls").CountAsync(), Is.Zero, "The sample names no policy for controls.");
    }

    [Test]
    public async Task Page_LoadHasDrained_AgreesWithTheEndpointAndWithTheCountersInTheProcess()
    {
        const int Orders = 400;
        using var service = await ServiceProcess.StartAsync();
        var page = await OpenAsync(service);

        // Of ten orders one has no quantity, which check refuses, and one a product that has no price.
        var posts = Enumerable.Range(0, Orders)
            .Select(number => service.PostAsync($"order-{number}", number % 10 == 9 ? "unicorn" : "pen", quantity: number % 10 == 5 ? 0 : 1))
            .ToList();
        await Task.WhenAll(posts).Soon();

        Assert.That(posts.Select(post => post.Result), Is.All.EqualTo(HttpStatusCode.OK));
        var counters = Counts(await service.ReadCountersAsync());
        await Waiting.Until(async () => (await ReadTableAsync(page)).OrderBy(row => row.Key).SequenceEqual(counters.OrderBy(row => row.Key)));
        Assert.Multiple(async () =>
        {
            Assert.That(Counts(await service.ReadCountersAsync()), Is.EquivalentTo(counters), "It has not drained.");
            Assert.That(Counts(await service.ReadNodesAsync()), Is.EquivalentTo(counters));
            Assert.That(counters["orders"].Received, Is.EqualTo(Orders));
            Assert.That(counters["check"], Is.EqualTo(new Counted(Orders, Orders / 10)));
            Assert.That(counters["price"], Is.EqualTo(new Counted(Orders * 9 / 10, Orders / 10)));
            Assert.That(counters["batch"].Received, Is.EqualTo(Orders * 8 / 10));
            Assert.That(await service.Client.GetStringAsync("/orders/count"), Is.EqualTo($$"""{"saved":{{Orders * 8 / 10}},"rejected":{{Orders * 2 / 10}}}"""));
        });
    }

    [Test]
    public async Task Page_PricesTurnSlow_ShowsPriceAsTheBottleneckUntilTheyAreFastAgain()
    {
        var (delay, asked) = (TimeSpan.Zero, 0);
        await using var prices = await TestApp.StartAsync(app => app.MapGet("/prices", async (HttpContext http) =>
        {
            // Not all the same, else they would be answered in bursts.
            await Task.Delay(delay * (1 + (Interlocked.Increment(ref asked) % 4 / 4.0)), http.RequestAborted);
            return http.Request.Query["product"] == "unicorn" ? Results.NotFound() : Results.Json(2m);
        }));
        using var service = await ServiceProcess.StartAsync(prices.Address, load: 40);
        var page = await OpenAsync(service);
        await Waiting.Until(async () => await ReceivedAsync(page, "save") > 0 && await ReceivedAsync(page, "price") > 100);
        Assert.That(await page.Locator("[data-node=price].is-hot").CountAsync(), Is.Zero);

        // 32 at once, each for longer than a second, are fewer a second than are posted.
        delay = TimeSpan.FromMilliseconds(1_100);

        await Expect(page.Locator("[data-node=price]")).ToHaveClassAsync(new Regex("is-hot"));
        await Expect(page.Locator("tr", new() { Has = page.Locator("th button", new() { HasText = "price" }) })).ToContainTextAsync("bottleneck");
        await Expect(page.Locator("[data-node=price]")).ToHaveAttributeAsync("aria-label", new Regex("bottleneck"));
        foreach (var (width, height, look) in new[] { (1280, 900, "wide"), (390, 844, "narrow") })
        {
            foreach (var isDark in new[] { false, true })
            {
                var other = await OpenAsync(service, width, height, isDark);
                await Expect(other.GetByRole(AriaRole.Button, new() { Name = isDark ? "Light theme" : "Dark theme" })).ToBeVisibleAsync();
                await Expect(other.Locator("[data-node=price]")).ToHaveClassAsync(new Regex("is-hot"));
                await Expect(other.Locator(".dz-rate").First).ToBeVisibleAsync();
                await Chromium.ShootAsync(other, $"service-{look}-{(isDark ? "dark" : "light")}", isWhole: true);
                await other.CloseAsync();
            }
        }

        await page.GetByRole(AriaRole.Tab, new() { Name = "Failures" }).ClickAsync();
        await Expect(page.Locator("td", new() { HasText = "There is no 'unicorn'." }).First).ToBeVisibleAsync();
        await Chromium.ShootAsync(page, "service-failures", isWhole: true);

        delay = TimeSpan.Zero;
        await Expect(page.Locator("[data-node=price]")).Not.ToHaveClassAsync(new Regex("is-hot"));
    }

    [Test]
    public async Task Page_ServiceIsKilledAndStartsAgain_ComesBackByItself()
    {
        // Blazor tries so often by itself, and then waits for somebody who presses a button.
        const int MostByItself = 30;
        using var first = await ServiceProcess.StartAsync();
        var page = await Browser.OpenAsync();
        await page.Clock.InstallAsync();
        await OpenAsync(first, page);
        var attempts = 0;
        page.RequestFailed += (_, request) => attempts += request.Url.Contains("/_blazor", StringComparison.Ordinal) ? 1 : 0;

        await first.KillAsync();

        await Expect(Lost(page)).ToBeVisibleAsync();
        await Chromium.ShootAsync(page, "service-lost");
        await Waiting.Until(async () =>
        {
            await page.Clock.RunForAsync(1_000);
            return attempts > MostByItself + 5;
        });
        using var second = await ServiceProcess.StartAsync(port: first.Address.Port, load: 50);
        await MovesAsync(page, "save");
        await Expect(Lost(page)).ToBeHiddenAsync();
    }

    [Test, Platform(Exclude = "Win", Reason = "There is no SIGTERM.")]
    public async Task Service_AskedToEndWithOpenPages_DoesNotWaitForThem()
    {
        using var service = await ServiceProcess.StartAsync(load: 50);
        var page = await OpenAsync(service);
        await OpenAsync(service);
        await MovesAsync(page, "save");

        service.AskToEnd();
        var run = await service.EndAsync().Soon();

        Assert.That(run.ExitCode, Is.Zero, run.Error + run.Output);
        Assert.That(run.Output, Does.Contain("Every accepted order is there."));
        await Expect(Lost(page)).ToBeVisibleAsync();
    }

    private async Task<IPage> OpenAsync(ServiceProcess service, int width = 1280, int height = 900, bool isDark = false) =>
        await OpenAsync(service, await Browser.OpenAsync(width, height, isDark));

    private static async Task<IPage> OpenAsync(ServiceProcess service, IPage page)
    {
        await page.GotoAsync(new Uri(service.Address, "/status/pipelines/orders").ToString());
        await InteractiveAsync(page);
        return page;
    }

    private static ILocator Lost(IPage page) => page.GetByRole(AriaRole.Status).Filter(new() { HasText = "The connection is lost." });

    /// <summary>Waits until more elements are shown to have come to a node, and then more again.</summary>
    private static async Task MovesAsync(IPage page, string node)
    {
        var before = 0L;
        await Waiting.Until(async () => (before = await ReceivedAsync(page, node)) > 0);
        await Waiting.Until(async () => await ReceivedAsync(page, node) > before);
    }

    private static async Task<long> ReceivedAsync(IPage page, string node) => (await ReadTableAsync(page)).GetValueOrDefault(node)?.Received ?? 0;

    /// <summary>The nodes as the page shows them; none while it is loaded.</summary>
    private static async Task<Dictionary<string, Counted>> ReadTableAsync(IPage page)
    {
        try
        {
            var rows = await page.EvaluateAsync<JsonElement>(
                """
                () => {
                  const table = document.querySelector("[aria-label='All nodes'] table");
                  const columns = [...(table?.tHead.rows[0].cells ?? [])].map(cell => cell.textContent);
                  const number = (row, column) => Number(row.cells[columns.indexOf(column)].textContent.replaceAll(",", ""));
                  return [...(table?.tBodies[0].rows ?? [])].map(row => ({ name: row.querySelector("button").textContent, received: number(row, "Received"), failed: number(row, "Failed") }));
                }
                """);
            return rows.EnumerateArray().ToDictionary(
                row => row.GetProperty("name").GetString()!, row => new Counted(row.GetProperty("received").GetInt64(), row.GetProperty("failed").GetInt64()));
        }
        catch (PlaywrightException gone) when (gone.Message.Contains("navigation", StringComparison.Ordinal))
        {
            return [];
        }
    }

    private static Dictionary<string, Counted> Counts(IReadOnlyDictionary<string, NodeReading> nodes) =>
        nodes.ToDictionary(node => node.Key, node => new Counted(node.Value.Received, node.Value.Failed));

    private sealed record Counted(long Received, long Failed);
}
