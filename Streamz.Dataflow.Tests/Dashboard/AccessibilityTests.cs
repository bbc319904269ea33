using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Streamz.Dataflow.Dashboard;
using Streamz.Dataflow.Hosting;
using static Microsoft.Playwright.Assertions;

namespace Streamz.Dataflow.Tests.Dashboard;

/// <summary>The page by keys and by what a screen reader is told, in a real browser.</summary>
[TestFixture, CancelAfter(120_000), NonParallelizable]
internal sealed class AccessibilityTests : BrowserFixture
{
    [Test]
    public async Task Tab_TwoHundredNodes_StopsOnceInTheGraphAndReachesWhatIsBelow()
    {
        await using var host = await DashboardHost.StartAsync(builder => DashboardHost.AddLarge(builder, "orders"));
        var page = await OpenAsync(host);
        var stops = new List<string>();
        while (stops.Count < 30 && !stops.Contains("All nodes"))
        {
            await page.Keyboard.PressAsync("Tab");
            stops.Add(await FocusAsync(page));
        }

        Assert.That(stops, Is.EqualTo(new[]
        {
            "Skip to the content", "All pipelines", "Dark theme", "Pipelines", "Smaller", "Natural size", "Larger", "Whole graph", "node: orders", "tab: Nodes", "All nodes",
        }));
    }

    [Test]
    public async Task ArrowKeys_InTheGraph_LeadFromNodeToNodeAndTabComesBackToTheLast()
    {
        await using var host = await DashboardHost.StartAsync(Orders);
        var page = await OpenAsync(host);
        await page.GetByRole(AriaRole.Button, new() { Name = "Whole graph" }).FocusAsync();

        await ExpectAsync("Tab", "node: orders");
        await ExpectAsync("ArrowRight", "node: check");
        await ExpectAsync("ArrowLeft", "node: orders");
        await ExpectAsync("ArrowRight", "node: check");
        await ExpectAsync("ArrowRight", "node: rejected");
        await ExpectAsync("ArrowUp", "node: price");
        await ExpectAsync("ArrowDown", "node: rejected");
        await ExpectAsync("ArrowUp", "node: price");
        await ExpectAsync("Shift+Tab", "Whole graph");
        await ExpectAsync("Tab", "node: price");
        await ExpectAsync("Home", "node: orders");
        await ExpectAsync("ArrowLeft", "node: orders");
        await ExpectAsync("End", $"node: {await page.Locator(".dz-node").Last.GetAttributeAsync("data-node")}");

        async Task ExpectAsync(string key, string focus)
        {
            await page.Keyboard.PressAsync(key);
            Assert.That(await FocusAsync(page), Is.EqualTo(focus), key);
        }
    }

    /// <summary>What the server has drawn may be older than the last key, so it must not say where Tab leads.</summary>
    [Test]
    public async Task Tab_AfterTheGraphWasDrawnAnew_LeadsToTheNodeThatWasReachedLast()
    {
        await using var host = await DashboardHost.StartAsync(Orders);
        var page = await OpenAsync(host);
        await page.Locator("[data-node=price]").FocusAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Whole graph" }).FocusAsync();
        await page.Locator(".dz-node").EvaluateAllAsync<object?>("nodes => nodes.forEach((node, i) => node.setAttribute('tabindex', i ? '-1' : '0'))");

        await page.Keyboard.PressAsync("Tab");

        Assert.That(await FocusAsync(page), Is.EqualTo("node: price"));
    }

    [Test]
    public async Task Tab_TheNodeThatWasReachedLastHasLeft_LeadsToTheFirst()
    {
        Stream<int>? price = null;
        await using var host = await DashboardHost.StartAsync(builder => builder.AddPipeline<int>("orders", (source, _) =>
        {
            source.Sink(_ => { }).Named("save");
            price = source.Map(x => x, options: new NodeOptions { Name = "price" });
            price.Sink(_ => { });
        }));
        var page = await OpenAsync(host);
        await page.Locator("[data-node=price]").FocusAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Whole graph" }).FocusAsync();
        await host.Pipeline("orders").EditAsync(_ => price!.Detach());
        await Expect(page.Locator("[data-node=price]")).ToHaveCountAsync(0);

        await page.Keyboard.PressAsync("Tab");

        Assert.That(await FocusAsync(page), Is.EqualTo("node: orders"));
    }

    [TestCase("Space")]
    [TestCase("Enter")]
    public async Task Key_OnANode_ChoosesItWithoutScrolling(string key)
    {
        await using var host = await DashboardHost.StartAsync(Orders);
        var page = await OpenAsync(host, height: 500);
        await page.Locator("[data-node=price]").FocusAsync();
        var before = await page.EvaluateAsync<double>("scrollY");

        await page.Keyboard.PressAsync(key);

        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Node price" })).ToBeVisibleAsync();
        await Expect(page.Locator("[data-node=price]")).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.That(await page.EvaluateAsync<double>("scrollY"), Is.EqualTo(before));
        Assert.That(await FocusAsync(page), Is.EqualTo("node: price"));
    }

    [Test]
    public async Task Focus_OnANodeOfAnyState_IsSeenInBothThemes([Values] bool isDark, [Values("", "is-hot", "is-held", "is-selected", "is-paused")] string state)
    {
        await using var host = await DashboardHost.StartAsync(Orders);
        var page = await OpenAsync(host, isDark: isDark);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = isDark ? "Light theme" : "Dark theme" })).ToBeVisibleAsync();
        var node = page.Locator("[data-node=orders]");
        await page.GetByRole(AriaRole.Button, new() { Name = "Whole graph" }).FocusAsync();
        await node.EvaluateAsync("(node, state) => state && node.classList.add(state)", state);
        var before = await RingAsync(node);

        await page.Keyboard.PressAsync("Tab");

        var ring = await RingAsync(node);
        await Chromium.ShootAsync(page, $"focus-{(isDark ? "dark" : "light")}-{state}");
        Assert.That(await FocusAsync(page), Is.EqualTo("node: orders"));
        Assert.That((ring.Stroke, ring.Width), Is.Not.EqualTo((before.Stroke, before.Width)));
        Assert.That(ring.Width, Is.GreaterThanOrEqualTo(2));
        Assert.That(ContrastOf(ring.Stroke, ring.Ground), Is.GreaterThanOrEqualTo(3));
    }

    [Test]
    public async Task Status_ElementsFail_IsToldToReaders()
    {
        await using var host = await DashboardHost.StartAsync(Orders);
        var page = await OpenAsync(host);
        await host.EmitAsync(30);

        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "3 more elements have failed." })).ToHaveCountAsync(1);
    }

    [Test]
    public async Task Tables_OfAPipeline_NameTheirColumnsAndButtonsAndScrollByKeys()
    {
        await using var host = await DashboardHost.StartAsync(Orders, options => options.ControlsPolicy = DashboardHost.Policy);
        var page = await OpenAsync(host, user: "operator");
        await host.EmitAsync(30);
        await CheckAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Failures" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Replay the element" })).ToHaveCountAsync(3);
        await CheckAsync();

        var names = await page.Locator("td button").EvaluateAllAsync<string[]>("buttons => buttons.map(button => button.getAttribute('aria-label'))");
        Assert.That(names, Has.Length.EqualTo(3).And.Unique);

        async Task CheckAsync()
        {
            Assert.That(await page.Locator("table th").CountAsync(), Is.GreaterThan(5));
            Assert.That(await page.Locator("table th:not([scope])").CountAsync(), Is.Zero);
            Assert.That(await page.Locator("table th:empty").CountAsync(), Is.Zero);
            Assert.That(await page.Locator(".dz-scroll:not([tabindex='0'][aria-label])").CountAsync(), Is.Zero);
        }
    }

    [Test]
    public async Task Link_ToAPipelineByKeyboard_LeadsToItsHeading()
    {
        await using var host = await DashboardHost.StartAsync(Orders);
        var page = await OpenAsync(host, path: "status/");

        await page.GetByRole(AriaRole.Link, new() { Name = "orders" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "orders", Level = 1 })).ToBeFocusedAsync();
    }

    private static void Orders(StreamzBuilder builder) => builder.AddPipeline<int>("orders", (source, _) =>
    {
        var queue = new DeadLetterQueue().Named("rejected");
        queue.Sink(_ => { }).Named("keep");
        source
            .Map(x => x % 10 == 9 ? throw new FormatException($"Order {x} cannot be sold.") : x, options: new NodeOptions { Name = "check", OnError = ErrorPolicy.DeadLetter(queue) })
            .Map(x => x, options: new NodeOptions { Name = "price" })
            .Sink(_ => { }).Named("save");
    });

    private async Task<IPage> OpenAsync(DashboardHost host, int height = 900, bool isDark = false, string? user = null, string path = "status/pipelines/orders")
    {
        var page = await Browser.OpenAsync(height: height, isDark: isDark, user: user);
        await page.GotoAsync($"{host.Address}{path}");
        await InteractiveAsync(page);
        return page;
    }

    private static Task<string> FocusAsync(IPage page) => page.EvaluateAsync<string>(
        """
        () => {
          const focused = document.activeElement;
          return focused.matches(".dz-node") ? `node: ${focused.dataset.node}`
            : focused.getAttribute("role") === "tab" ? `tab: ${focused.textContent.trim()}`
            : focused.getAttribute("aria-label") ?? (focused.title || focused.textContent.trim());
        }
        """);

    private static Task<Ring> RingAsync(ILocator node) => node.EvaluateAsync<Ring>(
        """
        node => {
          const style = getComputedStyle(node.querySelector(".dz-ring"));
          return { stroke: style.stroke, width: parseFloat(style.strokeWidth), ground: getComputedStyle(node.closest(".dz-panel")).backgroundColor };
        }
        """);

    /// <summary>As the WCAG define it.</summary>
    private static double ContrastOf(string one, string other)
    {
        var (first, second) = (LuminanceOf(one), LuminanceOf(other));
        return (Math.Max(first, second) + 0.05) / (Math.Min(first, second) + 0.05);
    }

    private static double LuminanceOf(string color)
    {
        var parts = color[(color.IndexOf('(', StringComparison.Ordinal) + 1)..].TrimEnd(')').Split(',').Take(3)
            .Select(part => double.Parse(part, CultureInfo.InvariantCulture) / 255)
            .Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4))
            .ToList();
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }

    private sealed record Ring
    {
        public string Stroke { get; init; } = "";

        public double Width { get; init; }

        public string Ground { get; init; } = "";
    }
}
