using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Streamz.Dataflow.Orleans.Workers;

namespace Streamz.Dataflow;

/// <summary>Registers workers and clusters.</summary>
public static class StreamzOrleansExtensions
{
    /// <summary>Makes a silo a worker. The functions of users run on threads of their own, not on those of the engine.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <returns>The silo.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="silo"/> is null.</exception>
    public static ISiloBuilder AddStreamzWorker(this ISiloBuilder silo, Action<StreamzWorkerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(silo);
        var options = silo.Services.AddOptions<StreamzWorkerOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        if (silo.Services.Any(service => service.ServiceType == typeof(WorkerStore)))
        {
            return silo;
        }

        silo.Services.AddSingleton<IValidateOptions<StreamzWorkerOptions>, WorkerOptionsValidator>();
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton<WorkerStore>();
        return silo.AddGrainService<WorkerService>();
    }

    /// <summary>
    /// Registers <see cref="OrleansCluster"/>, and as <see cref="ICluster"/>, for a program that is a silo or a client of Orleans: pipelines take it from the services.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddOrleansCluster(this IServiceCollection services, Action<OrleansClusterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<OrleansClusterOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton(static provider => OrleansCluster.Connect(provider, provider.GetRequiredService<IOptions<OrleansClusterOptions>>().Value));
        services.TryAddSingleton<ICluster>(static provider => provider.GetRequiredService<OrleansCluster>());
        return services;
    }

    private sealed class WorkerOptionsValidator : IValidateOptions<StreamzWorkerOptions>
    {
        public ValidateOptionsResult Validate(string? name, StreamzWorkerOptions options)
        {
            var faults = options.Faults().ToList();
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}
