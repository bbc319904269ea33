using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Streamz.Dataflow.Dashboard;
using Streamz.Dataflow.Hosting;
using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Service;

/// <summary>A web service that takes orders, prices and saves them by a pipeline, and answers each when it is saved.</summary>
internal sealed class ServiceSample : ISample
{
    /// <summary>Longer than any order is written.</summary>
    private const int LongestOrder = 4_096;

    private const string RetryAfterSeconds = "1";

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    /// <summary>An order without an id, say, is refused with 400.</summary>
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerOptions.Web) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    public string Name => "service";

    public string Usage => "[--port N] [--load ORDERS_PER_SECOND] [--seconds N] [--database FILE] [--prices ADDRESS]";

    public string Summary => "a web service that takes, prices and saves orders, with load from itself if asked for";

    public async Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments)
    {
        var options = ServiceOptions.Parse(arguments);
        var database = new OrderDatabase(options.Database);
        await using var app = Build(options, database, host.Clock);
        try
        {
            await app.StartAsync(CancellationToken.None);
        }
        catch (IOException failure)
        {
            await host.Error.WriteAsync($"{Name}: {failure.Message}\n");
            return ExitCode.Failure;
        }

        var address = app.Urls.First();
        var pipeline = app.Services.GetRequiredKeyedService<IPipeline>("orders");
        await host.Output.WriteAsync($"{pipeline.Graph.ToText()}\nOrders are taken at {address}/orders, the dashboard is at {address}/status, until Ctrl+C.\n");

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(host.Stopping, app.Lifetime.ApplicationStopping);
        stopping.CancelAfter(options.Duration ?? Timeout.InfiniteTimeSpan);
        using var client = ClientOf(new Uri(address));
        using var load = new OrderLoad(client, options.Load, host.Clock);
        var posting = options.Load == 0 ? Task.CompletedTask : Task.Run(() => load.RunAsync(stopping.Token));
        await ReportAsync(host, database, load, options.Load > 0, stopping.Token);

        // The web server goes on until its requests are answered, and the pipeline drains behind it.
        await app.StopAsync(CancellationToken.None);
        await posting;
        return await SummarizeAsync(host, database, load);
    }

    public async Task<int> RunBrieflyAsync(SampleHost host)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.db");
        try
        {
            return await RunAsync(host, ["--port", "0", "--load", "200", "--seconds", "2", "--database", file]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static WebApplication Build(ServiceOptions options, OrderDatabase database, TimeProvider clock)
    {
        // Its settings are in appsettings.json beside this file.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = Path.Combine(AppContext.BaseDirectory, "Service") });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // Every connection may hold an order, and every page of the dashboard a connection: without bounds there is none on the memory.
            kestrel.Limits.MaxConcurrentConnections = 1_000;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 100;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });

        builder.Services.AddSingleton(clock).AddSingleton(database);
        builder.Services.AddSingleton<IPriceService>(options.Prices is { } address
            ? new RemotePriceService(ClientOf(address))
            : new PriceService(clock));
        builder.Services.AddStreamz().AddPipeline<Order, OrderPipeline>("orders").RestartOnFault();
        builder.Services.AddHealthChecks().AddStreamz();

        var app = builder.Build();
        app.Use(TellWhenToComeAgain);
        var pipeline = app.Services.GetRequiredService<IPipeline<Order>>();
        app.MapJsonEmitter("/orders", pipeline, LongestOrder, s_json);
        app.MapGet("/orders/count", async () =>
        {
            var (saved, rejected) = await database.CountAsync();
            return Results.Json(new { saved, rejected });
        });
        app.MapGet("/pipeline", () => Results.Json(pipeline.GetSnapshot().Nodes));
        app.MapGet("/graph.svg", () => Results.Text(pipeline.Graph.ToSvg(), "image/svg+xml"));
        app.MapStreamzDashboard();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
        return app;
    }

    /// <summary>Nothing that runs on this machine is asked through a proxy.</summary>
    private static HttpClient ClientOf(Uri address) => new(new SocketsHttpHandler { UseProxy = !address.IsLoopback }) { BaseAddress = address };

    /// <summary>An order that is not taken now may be taken soon: there are too many, or the service starts again.</summary>
    private static Task TellWhenToComeAgain(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(() =>
        {
            if (http.Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
            {
                http.Response.Headers.RetryAfter = RetryAfterSeconds;
            }

            return Task.CompletedTask;
        });
        return next(http);
    }

    private static async Task ReportAsync(SampleHost host, OrderDatabase database, OrderLoad load, bool isLoaded, CancellationToken stopping)
    {
        for (var second = 1; !stopping.IsCancellationRequested; second++)
        {
            await Task.Delay(s_second, host.Clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (isLoaded && !stopping.IsCancellationRequested)
            {
                var (saved, rejected) = await database.CountAsync();
                await host.Output.WriteAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{second,4} s  {load.Sent,9:N0} posted {load.Accepted.Count,9:N0} accepted {load.Refused,7:N0} refused {saved,9:N0} saved {rejected,7:N0} rejected\n"));
            }
        }
    }

    private static async Task<int> SummarizeAsync(SampleHost host, OrderDatabase database, OrderLoad load)
    {
        var known = await database.ReadIdsAsync();
        var missing = load.Accepted.Count(id => !known.Contains(id));
        var (saved, rejected) = await database.CountAsync();
        await host.Output.WriteAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Drained. The database has {saved:N0} orders, and {rejected:N0} that were rejected.\n{(missing == 0 ? "Every accepted order is there.\n" : $"{missing:N0} accepted orders are missing.\n")}"));
        return missing == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
