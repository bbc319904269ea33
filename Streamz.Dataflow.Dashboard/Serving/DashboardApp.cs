using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MudBlazor.Services;
using Streamz.Dataflow.Dashboard.Components;
using Streamz.Dataflow.Dashboard.Controlling;
using Streamz.Dataflow.Dashboard.Watching;

namespace Streamz.Dataflow.Dashboard.Serving;

/// <summary>
/// The app inside the app that serves the dashboard: with services and endpoints of its own, so that it gets on with whatever the host has, another
/// Blazor app included, and takes one line.
/// </summary>
internal sealed class DashboardApp : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly RequestDelegate _pipeline;
    private readonly Sampler _sampler;

    public DashboardApp(IReadOnlyList<WatchedPipeline> pipelines, DashboardOptions options, IServiceProvider host)
    {
        _sampler = new Sampler(pipelines, options, host.GetService<TimeProvider>() ?? TimeProvider.System);
        var clusters = new WatchedClusters(options.Clusters.Concat(host.GetServices<ICluster>()));
        _services = Services(_sampler, clusters, options, host);
        var app = new ApplicationBuilder(_services);
        app.UseWebSockets();
        app.UseRouting();
        app.UseAntiforgery();
        app.UseEndpoints(endpoints =>
        {
            StatusEndpoints.Map(endpoints, _sampler, clusters);
            endpoints.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        });
        _pipeline = app.Build();
    }

    public Sampler Sampler => _sampler;

    /// <summary>Answers a request of the host.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">What of its path belongs to the dashboard.</param>
    public async Task ServeAsync(HttpContext context, PathString path)
    {
        var (request, outer) = (context.Request, context.RequestServices);
        var (pathBase, whole, endpoint, values) = (request.PathBase, request.Path, context.GetEndpoint(), request.RouteValues);
        var scope = _services.CreateAsyncScope();
        try
        {
            request.PathBase = pathBase + path;
            request.Path = whole.StartsWithSegments(path, out var rest) ? rest : whole;
            Protect(context.Response);
            if (await DashboardAssets.TryServeAsync(context).ConfigureAwait(false))
            {
                return;
            }

            context.RequestServices = scope.ServiceProvider;
            context.SetEndpoint(null);
            request.RouteValues = [];
            await _pipeline(context).ConfigureAwait(false);
        }
        finally
        {
            context.RequestServices = outer;
            (request.PathBase, request.Path, request.RouteValues) = (pathBase, whole, values);
            context.SetEndpoint(endpoint);
            await scope.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _sampler.Dispose();
        foreach (var pipeline in _sampler.Pipelines)
        {
            pipeline.Dispose();
        }

        await _services.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The browser itself sees to it that nothing comes from elsewhere, and that no text becomes a script.</summary>
    private static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy =
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
    }

    private static ServiceProvider Services(Sampler sampler, WatchedClusters clusters, DashboardOptions options, IServiceProvider host)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(host.GetRequiredService<ILoggerFactory>());
        services.AddSingleton(host.GetRequiredService<IConfiguration>());
        services.AddSingleton(host.GetRequiredService<IWebHostEnvironment>());
        services.AddSingleton<IHostEnvironment>(provider => provider.GetRequiredService<IWebHostEnvironment>());

        // Circuits end when the host stops.
        services.AddSingleton(host.GetRequiredService<IHostApplicationLifetime>());
        services.AddSingleton(new System.Diagnostics.DiagnosticListener("Streamz.Dataflow.Dashboard"));
        services.AddSingleton<System.Diagnostics.DiagnosticSource>(provider => provider.GetRequiredService<System.Diagnostics.DiagnosticListener>());
        services.AddSingleton(host.GetService<IDataProtectionProvider>() ?? new EphemeralDataProtectionProvider());
        services.AddSingleton(options);
        services.AddSingleton(sampler);
        services.AddSingleton(clusters);
        services.AddRouting();
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices();
        services.AddScoped<PipelineControls>().AddScoped<ThemeChoice>();
        if (host.GetService<IAuthorizationService>() is { } authorization)
        {
            services.Replace(ServiceDescriptor.Singleton(new HostAuthorization(authorization)));
        }

        return services.BuildServiceProvider();
    }
}
