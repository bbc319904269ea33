using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Service;

/// <summary>The price service as a process of its own, which can be ended and started again while <see cref="ServiceSample"/> asks it.</summary>
internal sealed class PricesSample : ISample
{
    private const int DefaultPort = 8081;

    public string Name => "prices";

    public string Usage => "[--port N]";

    public string Summary => "the price service that `service --prices` asks, as a process of its own";

    public async Task<int> RunAsync(SampleHost host, IReadOnlyList<string> arguments)
    {
        var port = arguments switch
        {
            [] => DefaultPort,
            ["--port", var number] => NumberArgument.Parse("--port", number, 0, 65_535),
            _ => throw new UsageException("Give --port and a number, or nothing."),
        };
        await using var app = Build(port, new PriceService(host.Clock));
        try
        {
            await app.StartAsync(CancellationToken.None);
        }
        catch (IOException failure)
        {
            await host.Error.WriteAsync($"{Name}: {failure.Message}\n");
            return ExitCode.Failure;
        }

        await host.Output.WriteAsync($"Prices are told at {app.Urls.First()}/prices?product={PriceService.Products[0]}, until Ctrl+C.\n");
        await Task.Delay(Timeout.InfiniteTimeSpan, host.Clock, host.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.StopAsync(CancellationToken.None);
        return ExitCode.Success;
    }

    public Task<int> RunBrieflyAsync(SampleHost host) => RunAsync(host with { Stopping = new CancellationToken(canceled: true) }, ["--port", "0"]);

    private static WebApplication Build(int port, PriceService prices)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        app.MapGet("/prices", async (string product, CancellationToken cancellation) =>
        {
            try
            {
                return Results.Json(await prices.PriceOfAsync(product, cancellation));
            }
            catch (KeyNotFoundException)
            {
                return Results.NotFound();
            }
            catch (TimeoutException)
            {
                return Results.StatusCode(StatusCodes.Status504GatewayTimeout);
            }
        });
        return app;
    }
}
