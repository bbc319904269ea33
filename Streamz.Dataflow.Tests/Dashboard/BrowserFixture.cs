using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Streamz.Dataflow.Tests.Dashboard;

/// <summary>Tests that share one browser.</summary>
internal abstract class BrowserFixture
{
    /// <summary>The browser.</summary>
    protected Chromium Browser { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartBrowserAsync()
    {
        SetDefaultExpectTimeout((float)Waiting.Limit.TotalMilliseconds);
        Browser = await Chromium.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopBrowserAsync()
    {
        if (Browser is not null)
        {
            await Browser.DisposeAsync();
        }
    }

    /// <summary>Waits until a page is connected. Before that it shows something, but does not react.</summary>
    protected static Task InteractiveAsync(IPage page) => Expect(page.Locator("main[data-live]")).ToBeVisibleAsync();
}
