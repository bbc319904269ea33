using Microsoft.Playwright;

namespace Streamz.Dataflow.Tests.Dashboard;

/// <summary>The browser of the distribution, without a window.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] s_programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Starts it; ignores the test where there is none.</summary>
    public static async Task<Chromium> StartAsync()
    {
        if (Array.Find(s_programs, File.Exists) is not { } program)
        {
            Assert.Ignore("chromium is not installed: apt-get install chromium (the build's target Test does it as root).");
            throw new InvalidOperationException();
        }

        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Args = ["--no-sandbox"] });
        return new Chromium(playwright, browser);
    }

    /// <summary>Opens a window of its own, with its own cookies.</summary>
    public async Task<IPage> OpenAsync(int width = 1280, int height = 900, bool isDark = false, string? user = null)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            ExtraHTTPHeaders = user is null ? null : new Dictionary<string, string> { ["user"] = user },
        });
        context.SetDefaultTimeout((float)Waiting.Limit.TotalMilliseconds);
        return await context.NewPageAsync();
    }

    /// <summary>Leaves a picture of a page in artifacts/screenshots, to be looked at.</summary>
    public static async Task ShootAsync(IPage page, string name, bool isWhole = false)
    {
        await page.WaitForFunctionAsync("[...document.images].every(image => image.complete)");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Conventions.Repository.PathTo("artifacts", "screenshots", $"{name}.png"), FullPage = isWhole });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
