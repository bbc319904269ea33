using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Streamz.Dataflow.Hosting;

namespace Streamz.Dataflow.Testing;

/// <summary>
/// Runs the pipelines that an application has registered, in a host that a test makes: on a clock that only moves when the test says so, and with probes in the
/// place of their ends.
/// </summary>
/// <remarks>
/// Hosted services that were registered start as well. The clock is the <see cref="TimeProvider"/> of the services. What is to be replaced is said before
/// <see cref="StartAsync"/>, and holds for each run of a pipeline. A pipeline that is started again after a failure is by the host, whose part
/// <see cref="SettleAsync"/> does not see.
/// </remarks>
public sealed class PipelineTestHost : IAsyncDisposable
{
    private readonly HostApplicationBuilder _builder = Host.CreateEmptyApplicationBuilder(null);
    private readonly Substitutions _substitutions;
    private IHost? _host;

    /// <summary>Makes a host that is not started yet.</summary>
    /// <param name="configure">Registers what the application registers.</param>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public PipelineTestHost(Action<IServiceCollection> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _substitutions = new Substitutions(Clock);
        configure(_builder.Services);
    }

    /// <summary>The clock of the host.</summary>
    public FakeTimeProvider Clock { get; } = new();

    /// <summary>What was registered: to be changed before the start, to put a mock in the place of a service for example.</summary>
    public IServiceCollection Services => _builder.Services;

    /// <summary>The configuration, which is empty: to be filled before the start.</summary>
    public IConfigurationManager Configuration => _builder.Configuration;

    /// <summary>The services of the host that has started.</summary>
    /// <exception cref="InvalidOperationException">The host has not been started.</exception>
    public IServiceProvider Provider => Started.Services;

    private IHost Started => _host ?? throw new InvalidOperationException("The host has not been started. Await StartAsync first.");

    /// <summary>Puts a probe in the place of a sink.</summary>
    /// <typeparam name="T">The type of what the sink takes.</typeparam>
    /// <param name="pipeline">The name of the pipeline.</param>
    /// <param name="node">The name of the sink.</param>
    /// <param name="onDemand">Whether it takes nothing until <see cref="SinkProbe{T}.Request"/>. The default is false.</param>
    /// <returns>The probe.</returns>
    /// <exception cref="ArgumentException">A name is null or empty, or the sink is replaced already.</exception>
    /// <exception cref="InvalidOperationException">The host has started.</exception>
    public SinkProbe<T> ReplaceSink<T>(string pipeline, string node, bool onDemand = false)
    {
        RefuseIfStarted(pipeline, node);
        var probe = new SinkProbe<T>(pipeline, node, SettleAsync, onDemand);
        _substitutions.Add(new Substitution(pipeline, node, NodeKind.Sink, typeof(T), probe.CreateNode));
        return probe;
    }

    /// <summary>Puts a source that the test emits into in the place of one that the pipeline has itself.</summary>
    /// <typeparam name="T">The type of what the source gives.</typeparam>
    /// <param name="pipeline">The name of the pipeline.</param>
    /// <param name="node">The name of the source.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentException">A name is null or empty, or the source is replaced already.</exception>
    /// <exception cref="InvalidOperationException">The host has started.</exception>
    public StreamSource<T> ReplaceSource<T>(string pipeline, string node)
    {
        RefuseIfStarted(pipeline, node);
        var source = new StreamSource<T>();
        _substitutions.Add(new Substitution(pipeline, node, NodeKind.Source, typeof(T), () => source.Node));
        return source;
    }

    /// <summary>Starts the host, and with it the pipelines.</summary>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <returns>A task that completes when they run.</returns>
    /// <exception cref="PipelineValidationException">Graphs cannot run, or what is to be replaced cannot be; all faults are listed.</exception>
    /// <exception cref="InvalidOperationException">The host has started already.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_host is not null)
        {
            throw new InvalidOperationException("The host has started already. Make another one for another start.");
        }

        _builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
        _builder.Services.AddSingleton<IGraphSubstitution>(_substitutions);
        _host = _builder.Build();
        var names = _host.Services.GetServices<IPipeline>().Select(each => each.Name).ToList();
        if (_substitutions.Pipelines.Except(names).ToList() is { Count: > 0 } unknown)
        {
            throw new PipelineValidationException(
                [.. unknown.Select(name => $"No pipeline is named '{name}', so that nothing can be replaced there. Registered are {string.Join(", ", names.Select(each => $"'{each}'"))}.")]);
        }

        await _host.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds a pipeline.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The pipeline.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty.</exception>
    /// <exception cref="InvalidOperationException">The host has not been started, or no pipeline has the name.</exception>
    public IPipeline Pipeline(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Provider.GetRequiredKeyedService<IPipeline>(name);
    }

    /// <summary>Finds the emitter of a pipeline.</summary>
    /// <typeparam name="T">The type of the elements that it takes.</typeparam>
    /// <param name="pipeline">The name of the pipeline.</param>
    /// <returns>The emitter.</returns>
    /// <exception cref="ArgumentException"><paramref name="pipeline"/> is null or empty.</exception>
    /// <exception cref="InvalidOperationException">The host has not been started, or no pipeline has the name and takes these elements.</exception>
    public IEmitter<T> Emitter<T>(string pipeline)
    {
        ArgumentException.ThrowIfNullOrEmpty(pipeline);
        return Provider.GetRequiredKeyedService<IEmitter<T>>(pipeline);
    }

    /// <summary>Waits until nothing moves in any pipeline unless the clock, an emitter or user code that is being awaited does something.</summary>
    /// <returns>A task that completes at that moment.</returns>
    /// <exception cref="InvalidOperationException">The host has not been started.</exception>
    public async Task SettleAsync()
    {
        var pipelines = Provider.GetServices<IPipeline>().Cast<HostedPipeline>().ToList();

        // One may emit into another, and that into a third one.
        for (var pass = 0; pass < pipelines.Count; pass++)
        {
            foreach (var pipeline in pipelines)
            {
                await pipeline.WhenSettledAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Moves the clock on, step by step, and waits after each step until nothing moves any more without another one.</summary>
    /// <param name="time">How far; not negative.</param>
    /// <param name="step">The length of a step; more than zero. The default is null: one step.</param>
    /// <returns>A task that completes when the clock has moved and the pipelines have settled.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> is negative, or <paramref name="step"/> is not more than zero.</exception>
    /// <exception cref="InvalidOperationException">The host has not been started.</exception>
    public Task AdvanceAsync(TimeSpan time, TimeSpan? step = null) => VirtualTime.AdvanceAsync(SettleAsync, Clock, time, step);

    /// <summary>Stops the host: the pipelines drain.</summary>
    /// <param name="cancellationToken">Ends the draining.</param>
    /// <returns>A task that completes when the pipelines are over.</returns>
    /// <exception cref="InvalidOperationException">The host has not been started.</exception>
    public Task StopAsync(CancellationToken cancellationToken = default) => Started.StopAsync(cancellationToken);

    /// <summary>Stops what still runs, as it is: nothing is waited for.</summary>
    /// <returns>A task that completes when everything is disposed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ((IAsyncDisposable)_host).DisposeAsync().ConfigureAwait(false);
        }
    }

    private void RefuseIfStarted(string pipeline, string node)
    {
        ArgumentException.ThrowIfNullOrEmpty(pipeline);
        ArgumentException.ThrowIfNullOrEmpty(node);
        if (_host is not null)
        {
            throw new InvalidOperationException("The host has started already. Say before StartAsync what is to be replaced.");
        }
    }
}
