using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Streamz.Dataflow.Hosting;

/// <summary>Says whether the pipelines take elements, and keep up with them.</summary>
internal sealed class PipelinesReadyCheck(IEnumerable<IPipeline> pipelines, FullQueues queues, IOptions<StreamzHealthOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var unready = pipelines.Select(pipeline => (pipeline, Why: WhyNotReady(pipeline))).Where(entry => entry.Why is not null).ToList();
        queues.Look();
        var full = queues.Find(options.Value.FullFor);
        return Task.FromResult(
            unready.Count > 0
            ? new HealthCheckResult(
                context.Registration.FailureStatus,
                string.Join(" ", unready.Select(entry => $"{entry.pipeline.Name}: {entry.Why}.")),
                unready.Select(entry => entry.pipeline.Fault).FirstOrDefault(fault => fault is not null),
                PipelineHealth.Describe(pipelines))
            : full.Count > 0
            ? HealthCheckResult.Degraded(string.Join(" ", full.Select(entry => $"{entry.Text}.")), data: PipelineHealth.Describe(pipelines))
            : HealthCheckResult.Healthy($"{pipelines.Count()} pipelines.", PipelineHealth.Describe(pipelines)));
    }

    private static string? WhyNotReady(IPipeline pipeline) => pipeline.State switch
    {
        PipelineState.NotStarted => "has not started",
        PipelineState.Restarting => "has failed, and waits to be started again",
        PipelineState.Stopping => "is stopping",
        PipelineState.Faulted => "has failed",

        // One that has ended by itself has done what there was to do.
        _ => null,
    };
}
