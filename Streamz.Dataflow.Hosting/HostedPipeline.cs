using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Streamz.Dataflow.Hosting;

/// <summary>A pipeline that lives as long as the host runs.</summary>
internal sealed class HostedPipeline<T>(
    string name,
    Action<StreamSource<T>, IServiceProvider> define,
    StreamOptions? options,
    IServiceProvider services) : IHostedService, IEmitter<T>
{
    private volatile StreamSource<T>? _source;
    private Pipeline? _pipeline;

    private StreamSource<T> Source => _source
        ?? throw new InvalidOperationException($"The pipeline '{name}' has not started: it starts with the host. Emit after the host has started.");

    public ValueTask EmitAsync(T value, CancellationToken cancellationToken = default) => Source.EmitAsync(value, cancellationToken);

    public Task<DeliveryOutcome> DeliverAsync(T value, CancellationToken cancellationToken = default) => Source.DeliverAsync(value, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var source = new StreamSource<T>(options ?? new StreamOptions
        {
            LoggerFactory = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
            TimeProvider = services.GetRequiredService<TimeProvider>(),
            RequireSinks = true,
        }).Named(name);
        define(source, services);
        _pipeline = source.Start();
        _source = source;
        return Task.CompletedTask;
    }

    /// <summary>Drains within the time that the host gives, then aborts.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_pipeline is not { } pipeline)
        {
            return;
        }

        try
        {
            await pipeline.StopAsync(Timeout.InfiniteTimeSpan).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await pipeline.StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        }
    }
}
