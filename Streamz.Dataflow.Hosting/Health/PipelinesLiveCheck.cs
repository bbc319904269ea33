using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Streamz.Dataflow.Hosting;

/// <summary>Says whether only a new process can help.</summary>
internal sealed class PipelinesLiveCheck(IEnumerable<IPipeline> pipelines) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var faulted = pipelines.Where(pipeline => pipeline.State == PipelineState.Faulted).ToList();
        return Task.FromResult(faulted.Count == 0
            ? HealthCheckResult.Healthy($"{pipelines.Count()} pipelines.")
            : new HealthCheckResult(
                context.Registration.FailureStatus,
                string.Join(" ", faulted.Select(pipeline => $"{pipeline.Name}: has failed, and is not started again.")),
                faulted[0].Fault,
                PipelineHealth.Describe(pipelines)));
    }
}
