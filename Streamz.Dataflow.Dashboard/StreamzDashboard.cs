using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streamz.Dataflow.Dashboard.Serving;
using Streamz.Dataflow.Dashboard.Watching;

namespace Streamz.Dataflow.Dashboard;

/// <summary>A dashboard for a program that is no web app, at <c>http://localhost:8787/status</c>. For a web app see <see cref="DashboardEndpoints"/>.</summary>
public sealed class StreamzDashboard : IAsyncDisposable
{
    /// <summary>The port that streamz's users know from the dashboard of Dask.</summary>
    public const int DefaultPort = 8787;

    private const string Path = "/status";

    private readonly WebApplication _app;
    private readonly DashboardApp _dashboard;

    private StreamzDashboard(WebApplication app, DashboardApp dashboard)
    {
        (_app, _dashboard) = (app, dashboard);
        Address = new UriBuilder(Uri.UriSchemeHttp, "localhost", new Uri(app.Urls.First()).Port, Path).Uri;
    }

    /// <summary>Where to look.</summary>
    public Uri Address { get; }

    internal Sampler Sampler => _dashboard.Sampler;

    /// <summary>Shows a pipeline, until the result is disposed. Only this machine can see it.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    /// <param name="configure">Says what is shown. There are no controls: they need an app that knows its users.</param>
    /// <returns>The dashboard, which listens.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pipeline"/> is null.</exception>
    /// <exception cref="ArgumentException">An option cannot be.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="port"/> is no port, or an option is out of its range.</exception>
    /// <exception cref="IOException">The port is in use.</exception>
    public static Task<StreamzDashboard> StartAsync(Pipeline pipeline, int port = DefaultPort, Action<DashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return StartAsync([pipeline], port, configure);
    }

    /// <summary>Shows several pipelines, until the result is disposed. Only this machine can see them.</summary>
    /// <param name="pipelines">The pipelines. Name them by <see cref="StreamOptions.Name"/>.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    /// <param name="configure">Says what is shown. There are no controls: they need an app that knows its users.</param>
    /// <returns>The dashboard, which listens.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pipelines"/> is null.</exception>
    /// <exception cref="ArgumentException">An option cannot be, or there is no pipeline.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="port"/> is no port, or an option is out of its range.</exception>
    /// <exception cref="IOException">The port is in use.</exception>
    public static Task<StreamzDashboard> StartAsync(IEnumerable<Pipeline> pipelines, int port = DefaultPort, Action<DashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(pipelines);
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        var options = DashboardOptions.Create(configure);
        if (options.ControlsPolicy is { } policy)
        {
            throw new ArgumentException(
                $"{nameof(DashboardOptions.ControlsPolicy)} is '{policy}', but a dashboard that stands alone knows no users. For controls, add it to a web app by app.MapStreamzDashboard().", nameof(configure));
        }

        var all = pipelines.ToList();
        return all.Count > 0 && all.TrueForAll(pipeline => pipeline is not null)
            ? StartCoreAsync(all, port, options)
            : throw new ArgumentException("There is no pipeline to show, or one of them is null.", nameof(pipelines));
    }

    /// <summary>Closes the page. The pipelines go on.</summary>
    /// <returns>A task that completes when the port is free.</returns>
    public async ValueTask DisposeAsync()
    {
        // An app that is only disposed does not say that it has stopped, and whoever looks at the page would keep it.
        await _app.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await _dashboard.DisposeAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<StreamzDashboard> StartCoreAsync(List<Pipeline> pipelines, int port, DashboardOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));

        // A page from elsewhere whose name leads to this machine must not read the dashboard.
        builder.Services.Configure<HostFilteringOptions>(filter => filter.AllowedHosts = ["localhost", "127.0.0.1"]);
        var app = builder.Build();
        app.UseHostFiltering();
        var names = new HashSet<string>();
        var dashboard = new DashboardApp(
            pipelines.ConvertAll(pipeline => WatchedPipeline.Of(NameOf(pipeline, names), pipeline, new PipelineJournal(options, TimeProvider.System))), options, app.Services);
        DashboardEndpoints.Map(app, Path, dashboard);
        try
        {
            await app.StartAsync().ConfigureAwait(false);
        }
        catch
        {
            await dashboard.DisposeAsync().ConfigureAwait(false);
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new StreamzDashboard(app, dashboard);
    }

    private static string NameOf(Pipeline pipeline, HashSet<string> taken)
    {
        var name = pipeline.Name;
        for (var number = 2; !taken.Add(name); number++)
        {
            name = $"{pipeline.Name} ({number})";
        }

        return name;
    }
}
