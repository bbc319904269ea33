using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Streamz.Dataflow.Hosting;

/// <summary>Adds pipelines to the services of a host.</summary>
public sealed class StreamzBuilder
{
    internal StreamzBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services that are registered in.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Adds a pipeline that runs with the host: it is defined and started when the host starts, and drained when the host stops.
    /// Inject <see cref="IEmitter{T}"/> to emit into it; with several pipelines of one element type, inject it by the key
    /// <paramref name="name"/>.
    /// </summary>
    /// <typeparam name="T">The type of the elements that enter.</typeparam>
    /// <param name="name">The name of the pipeline; unique in the host.</param>
    /// <param name="define">
    /// Builds the graph on the source. Called once for each start of the host, with the root service provider: resolve singletons here,
    /// and create scopes inside delegates.
    /// </param>
    /// <param name="options">
    /// The settings of the pipeline. Unless stated, the logger factory and the clock are those of the services, and every branch must
    /// have a sink.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null, empty or blank, or taken.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="define"/> is null.</exception>
    public StreamzBuilder AddPipeline<T>(string name, Action<StreamSource<T>, IServiceProvider> define, StreamOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(define);
        if (Services.Any(service => service.ServiceKey is string key && key == name && service.ServiceType.IsGenericType
            && service.ServiceType.GetGenericTypeDefinition() == typeof(HostedPipeline<>)))
        {
            throw new ArgumentException($"A pipeline named '{name}' was added already. Give each pipeline of a host a name of its own.", nameof(name));
        }

        Services.AddKeyedSingleton(name, (provider, _) => new HostedPipeline<T>(name, define, options, provider));
        Services.AddKeyedSingleton<IEmitter<T>>(name, (provider, key) => provider.GetRequiredKeyedService<HostedPipeline<T>>(key));
        Services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<HostedPipeline<T>>(name));
        Services.AddSingleton(new PipelineName<T>(name));
        Services.TryAddSingleton<IEmitter<T>>(OnlyEmitter<T>);
        return this;
    }

    private static IEmitter<T> OnlyEmitter<T>(IServiceProvider provider)
    {
        var names = provider.GetServices<PipelineName<T>>().Select(each => each.Name).ToList();
        return names is [var name]
            ? provider.GetRequiredKeyedService<IEmitter<T>>(name)
            : throw new InvalidOperationException(
                $"Several pipelines take elements of type {typeof(T).Name}: {string.Join(", ", names.Select(each => $"'{each}'"))}. Inject IEmitter<{typeof(T).Name}> with [FromKeyedServices(\"{names[0]}\")].");
    }

    private sealed record PipelineName<T>(string Name);
}
