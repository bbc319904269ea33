using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Streamz.Dataflow.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers pipelines.</summary>
public static class StreamzServiceCollectionExtensions
{
    /// <summary>Begins the registration of pipelines. May be called several times.</summary>
    /// <remarks>
    /// Pipelines start in the place of the first call among the hosted services: what emits into them is best added behind it, so that it starts after them and stops
    /// before. A web server always does.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <returns>What pipelines are added to.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static StreamzBuilder AddStreamz(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PipelineHostedService>());
        return new StreamzBuilder(services);
    }
}
