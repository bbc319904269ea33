using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Streamz.Dataflow.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health of pipelines to the health checks of an application.</summary>
public static class StreamzHealthChecksBuilderExtensions
{
    /// <summary>Adds two checks over all pipelines of the host.</summary>
    /// <remarks>
    /// <para>
    /// <c>streamz_live</c>, with the tag <c>live</c>: unhealthy when a pipeline has failed and is not started again, so that only a new process can help.
    /// </para>
    /// <para>
    /// <c>streamz_ready</c>, with the tag <c>ready</c>: unhealthy while a pipeline has not started, waits to be started again, stops or has failed; degraded when a
    /// node has been full for longer than <see cref="StreamzHealthOptions.FullFor"/>. The text names pipeline and node.
    /// </para>
    /// </remarks>
    /// <param name="builder">The health checks.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <returns>The same health checks.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IHealthChecksBuilder AddStreamz(this IHealthChecksBuilder builder, Action<StreamzHealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddStreamz();
        builder.Services.AddOptions<StreamzHealthOptions>()
            .Configure(configure ?? (_ => { }))
            .Validate(options => options.FullFor > TimeSpan.Zero, $"{nameof(StreamzHealthOptions)}.{nameof(StreamzHealthOptions.FullFor)} must be more than zero.")
            .ValidateOnStart();
        builder.Services.TryAddSingleton<FullQueues>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, FullQueueWatch>());
        return builder
            .AddCheck<PipelinesLiveCheck>("streamz_live", HealthStatus.Unhealthy, ["live"])
            .AddCheck<PipelinesReadyCheck>("streamz_ready", HealthStatus.Unhealthy, ["ready"]);
    }
}
