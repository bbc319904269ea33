using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Streamz.Dataflow.Hosting;

/// <summary>Adds pipelines to the services of a host.</summary>
public class StreamzBuilder
{
    internal StreamzBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services that are registered in.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Adds a pipeline that runs with the host: it is defined and started when the host starts, and drained when the host stops.
    /// Inject <see cref="IEmitter{T}"/> to emit into it, or <see cref="IPipeline{T}"/> to see and change it as well; with several pipelines of one element type,
    /// inject them by the key <paramref name="name"/>.
    /// </summary>
    /// <typeparam name="T">The type of the elements that enter.</typeparam>
    /// <param name="name">The name of the pipeline; unique in the host.</param>
    /// <param name="define">
    /// Builds the graph on the source. Called for each run, with the root service provider: resolve singletons here, and scoped services where elements are worked
    /// on, with <c>services.Scoped(…)</c>.
    /// </param>
    /// <param name="options">
    /// The settings of the pipeline. Unless stated, the logger factory and the clock are those of the services, and every branch must
    /// have a sink.
    /// </param>
    /// <returns>A builder that says more of this pipeline, and adds further ones.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null, empty or blank, or taken.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="define"/> is null.</exception>
    public PipelineBuilder AddPipeline<T>(string name, Action<StreamSource<T>, IServiceProvider> define, StreamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(define);
        return Add<T>(name, options, (source, services) =>
        {
            define(source, services);
            return null;
        });
    }

    /// <summary>
    /// Adds a pipeline that runs with the host and is written as a class, whose constructor gets its services.
    /// Inject <see cref="IEmitter{T}"/> to emit into it, or <see cref="IPipeline{T}"/> to see and change it as well; with several pipelines of one element type,
    /// inject them by the key <paramref name="name"/>.
    /// </summary>
    /// <typeparam name="T">The type of the elements that enter.</typeparam>
    /// <typeparam name="TDefinition">The class. It need not be registered; an instance is made for each run, from the root service provider.</typeparam>
    /// <param name="name">The name of the pipeline; unique in the host.</param>
    /// <param name="options">
    /// The settings of the pipeline. Unless stated, the logger factory and the clock are those of the services, and every branch must
    /// have a sink.
    /// </param>
    /// <returns>A builder that says more of this pipeline, and adds further ones.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null, empty or blank, or taken.</exception>
    public PipelineBuilder AddPipeline<T, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TDefinition>(string name, StreamOptions? options = null)
        where TDefinition : class, IPipelineDefinition<T>
        => Add<T>(name, options, (source, services) =>
        {
            var definition = ActivatorUtilities.CreateInstance<TDefinition>(services);
            definition.Define(source);
            return definition;
        });

    /// <summary>
    /// Adds a pipeline that sources of its own feed, such as a queue or a file. It runs with the host: it is defined and started when the host starts, and drained
    /// when the host stops. Inject <see cref="IPipeline"/> by the key <paramref name="name"/> to see and change it.
    /// </summary>
    /// <param name="name">The name of the pipeline; unique in the host.</param>
    /// <param name="define">
    /// Builds the graph, and returns any stream or sink of it. Called for each run, with the root service provider: resolve singletons here, and scoped services
    /// where elements are worked on, with <c>services.Scoped(…)</c>.
    /// </param>
    /// <param name="options">
    /// The settings of the pipeline, unless a source brings some. If neither does, the logger factory and the clock are those of the services, and every branch must
    /// have a sink.
    /// </param>
    /// <returns>A builder that says more of this pipeline, and adds further ones.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null, empty or blank, or taken.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="define"/> is null.</exception>
    public PipelineBuilder AddPipeline(string name, Func<IServiceProvider, IStream> define, StreamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(define);
        return Add(name, options, services => (define(services), null));
    }

    /// <summary>
    /// Adds a pipeline that sources of its own feed, such as a queue or a file, and that is written as a class, whose constructor gets its services. Inject
    /// <see cref="IPipeline"/> by the key <paramref name="name"/> to see and change it.
    /// </summary>
    /// <typeparam name="TDefinition">The class. It need not be registered; an instance is made for each run, from the root service provider.</typeparam>
    /// <param name="name">The name of the pipeline; unique in the host.</param>
    /// <param name="options">
    /// The settings of the pipeline, unless a source brings some. If neither does, the logger factory and the clock are those of the services, and every branch must
    /// have a sink.
    /// </param>
    /// <returns>A builder that says more of this pipeline, and adds further ones.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null, empty or blank, or taken.</exception>
    public PipelineBuilder AddPipeline<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TDefinition>(string name, StreamOptions? options = null)
        where TDefinition : class, IPipelineDefinition
        => Add(name, options, services =>
        {
            var definition = ActivatorUtilities.CreateInstance<TDefinition>(services);
            return (definition.Define(), definition);
        });

    private PipelineBuilder Add(string name, StreamOptions? options, Func<IServiceProvider, (IStream Graph, object? Definition)> define) =>
        Register(name, null, options, (registration, provider) => new SelfFedPipeline(registration, define, provider));

    private PipelineBuilder Add<T>(string name, StreamOptions? options, Func<StreamSource<T>, IServiceProvider, object?> define)
    {
        var builder = Register(name, typeof(T), options, (registration, provider) => new HostedPipeline<T>(registration, define, provider));
        Services.AddKeyedSingleton<IPipeline<T>>(name, (provider, _) => (HostedPipeline<T>)provider.GetRequiredKeyedService<HostedPipeline>(name));
        Services.AddKeyedSingleton<IEmitter<T>>(name, (provider, _) => (HostedPipeline<T>)provider.GetRequiredKeyedService<HostedPipeline>(name));
        Services.TryAddSingleton<IPipeline<T>>(provider => Only<T>(provider, "IPipeline"));
        Services.TryAddSingleton<IEmitter<T>>(provider => Only<T>(provider, "IEmitter"));
        return builder;
    }

    private PipelineBuilder Register(string name, Type? elementType, StreamOptions? options, Func<PipelineRegistration, IServiceProvider, HostedPipeline> create)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (Services.Any(service => !service.IsKeyedService && service.ImplementationInstance is PipelineRegistration other && other.Name == name))
        {
            throw new ArgumentException($"A pipeline named '{name}' was added already. Give each pipeline of a host a name of its own.", nameof(name));
        }

        var registration = new PipelineRegistration(name, elementType, options);
        Services.AddSingleton(registration);
        Services.AddKeyedSingleton(name, (provider, _) => create(registration, provider));
        Services.AddKeyedSingleton<IPipeline>(name, (provider, _) => provider.GetRequiredKeyedService<HostedPipeline>(name));
        Services.AddSingleton<IPipeline>(provider => provider.GetRequiredKeyedService<HostedPipeline>(name));
        return new PipelineBuilder(Services, registration);
    }

    private static HostedPipeline<T> Only<T>(IServiceProvider provider, string service)
    {
        var names = provider.GetServices<PipelineRegistration>().Where(each => each.ElementType == typeof(T)).Select(each => each.Name).ToList();
        return names is [var name]
            ? (HostedPipeline<T>)provider.GetRequiredKeyedService<HostedPipeline>(name)
            : throw new InvalidOperationException(
                $"Several pipelines take elements of type {typeof(T).Name}: {string.Join(", ", names.Select(each => $"'{each}'"))}. Inject {service}<{typeof(T).Name}> with [FromKeyedServices(\"{names[0]}\")].");
    }
}
