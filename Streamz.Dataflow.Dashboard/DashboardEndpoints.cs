using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Streamz.Dataflow.Dashboard.Serving;
using Streamz.Dataflow.Dashboard.Watching;
using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Dashboard;

/// <summary>Adds the dashboard to an ASP.NET Core app.</summary>
public static class DashboardEndpoints
{
    /// <summary>
    /// Shows the pipelines of the app at <c>/status</c>, live, and answers the same as JSON at <c>/status/api/pipelines</c> and
    /// <c>/status/api/pipelines/{name}</c>, the latter with failures and log; the workers of its clusters are shown, too, and at <c>/status/api/clusters</c>.
    /// </summary>
    /// <remarks>
    /// Everybody who can reach the path sees the names of pipelines and nodes, counts, and the texts of exceptions: call <c>RequireAuthorization</c> on what this
    /// returns where that is not meant for all. It is only read, but for the connection of the page, which a page of another site cannot open: behind a proxy, the
    /// app must know the host that the browser has asked for. It has services of its own and gets on with another Blazor app in the same host.
    /// </remarks>
    /// <param name="endpoints">The app.</param>
    /// <param name="path">The path of the page; begins with a slash, has no parameters, and is not the root.</param>
    /// <param name="configure">Says what is shown, and who may change something.</param>
    /// <returns>A builder for what else is to hold for all requests to the dashboard.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/> or <paramref name="path"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> or an option cannot be.</exception>
    /// <exception cref="InvalidOperationException">The app has no pipelines, or no policy of the name in <see cref="DashboardOptions.ControlsPolicy"/>.</exception>
    public static IEndpointConventionBuilder MapStreamzDashboard(this IEndpointRouteBuilder endpoints, string path = "/status", Action<DashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(path);
        var prefix = path.TrimEnd('/');
        if (!prefix.StartsWith('/') || prefix.AsSpan().ContainsAny("{}?#*"))
        {
            throw new ArgumentException($"'{path}' cannot be the path of the dashboard: it begins with a slash, has no parameters, and is not the root. Take /status.", nameof(path));
        }

        var options = DashboardOptions.Create(configure);
        var services = endpoints.ServiceProvider;
        if (services.GetService<PipelineRegistration>() is null)
        {
            throw new InvalidOperationException("The app has no pipelines to show. Add them by builder.Services.AddStreamz().AddPipeline(…).");
        }

        RefuseUnknownPolicy(options, services);
        var clock = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var pipelines = services.GetServices<IPipeline>().OfType<HostedPipeline>()
            .Select(pipeline => WatchedPipeline.Of(pipeline, new PipelineJournal(options, clock)))
            .ToList();
        return Map(endpoints, prefix, new DashboardApp(pipelines, options, services));
    }

    internal static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string prefix, DashboardApp app)
    {
        endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(() => _ = app.DisposeAsync().AsTask());
        return endpoints.Map($"{prefix}/{{**rest}}", context =>
        {
            if (RequestGuard.Refuses(context, prefix))
            {
                return Task.CompletedTask;
            }

            if (context.Request.Path.Value!.Length > prefix.Length)
            {
                return app.ServeAsync(context, prefix);
            }

            // Links of the page are relative to its folder.
            context.Response.Redirect($"{context.Request.PathBase}{prefix}/");
            return Task.CompletedTask;
        }).WithDisplayName("Streamz.Dataflow dashboard");
    }

    private static void RefuseUnknownPolicy(DashboardOptions options, IServiceProvider services)
    {
        if (options.ControlsPolicy is { } policy && services.GetService<IAuthorizationPolicyProvider>()?.GetPolicyAsync(policy).GetAwaiter().GetResult() is null)
        {
            throw new InvalidOperationException(
                $"The app has no authorization policy named '{policy}', which is to guard the controls of the dashboard. Add it by builder.Services.AddAuthorization(options => options.AddPolicy(\"{policy}\", …)).");
        }
    }
}
