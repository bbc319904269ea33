using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streamz.Dataflow.Dashboard.Watching;

namespace Streamz.Dataflow.Dashboard.Serving;

/// <summary>How the pipelines and the clusters are, as JSON.</summary>
internal static class StatusEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, Sampler sampler, WatchedClusters clusters)
    {
        endpoints.MapGet("/api/clusters", (RequestDelegate)(context => context.Response.WriteAsJsonAsync(
            clusters.Read(), DashboardJson.Default.IReadOnlyListClusterSnapshot, cancellationToken: context.RequestAborted)));
        endpoints.MapGet("/api/pipelines", (RequestDelegate)(context => context.Response.WriteAsJsonAsync(
            [.. sampler.Ask().Select(reading => reading.Status)], DashboardJson.Default.IReadOnlyListPipelineStatus, cancellationToken: context.RequestAborted)));
        endpoints.MapGet("/api/pipelines/{**name}", (RequestDelegate)(context =>
        {
            // The server leaves a slash that is encoded as it is.
            var name = ((string?)context.Request.RouteValues["name"])?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
            if (sampler.Ask().FirstOrDefault(reading => reading.Status.Name == name) is { } found)
            {
                return context.Response.WriteAsJsonAsync(
                    WithJournal(found.Status, sampler.Pipelines.First(pipeline => pipeline.Name == name).Journal), DashboardJson.Default.PipelineStatus, cancellationToken: context.RequestAborted);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }));
    }

    private static PipelineStatus WithJournal(PipelineStatus status, PipelineJournal journal) => status with
    {
        Failures = [.. journal.Failures.Select(entry => new FailureStatus(entry.At, entry.Node, entry.Queue, entry.Failure, entry.Attempts) { Element = entry.Text })],
        Log = [.. journal.Log.Select(entry => new LogStatus(entry.At, entry.Severity.ToString(), entry.Text))],
    };
}
