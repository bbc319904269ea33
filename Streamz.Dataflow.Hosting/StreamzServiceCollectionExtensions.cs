using Microsoft.Extensions.DependencyInjection.Extensions;
using Streamz.Dataflow.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers pipelines.</summary>
public static class StreamzServiceCollectionExtensions
{
    /// <summary>Begins the registration of pipelines. May be called several times.</summary>
    /// <param name="services">The services.</param>
    /// <returns>What pipelines are added to.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static StreamzBuilder AddStreamz(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        return new StreamzBuilder(services);
    }
}
