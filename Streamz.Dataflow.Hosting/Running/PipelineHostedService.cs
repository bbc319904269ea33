using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Streamz.Dataflow.Hosting;

/// <summary>Starts and stops the pipelines of a host, in the order of what emits into what.</summary>
/// <remarks>
/// All graphs are built and checked before any hosted service starts, so that one start tells all that is wrong. They run from the turn of this service on, in
/// the order of registration: what was added later, a web server above all, starts after them and stops before.
/// </remarks>
internal sealed class PipelineHostedService(IEnumerable<PipelineRegistration> registrations, IServiceProvider services) : IHostedLifecycleService, IDisposable
{
    private readonly List<HostedPipeline> _started = [];
    private IReadOnlyList<PipelineRegistration>? _order;
    private SettingsReload? _reload;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Prepare();
        return Task.CompletedTask;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Whoever starts hosted services by hand may know the shorter interface only.
        if (_order is null)
        {
            Prepare();
        }

        try
        {
            foreach (var registration in _order!)
            {
                var pipeline = Find(registration);
                pipeline.Start();
                _started.Add(pipeline);
            }

            if (services.GetService<IConfiguration>() is { } configuration)
            {
                var logger = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(HostingLog.Category);
                _reload = new SettingsReload(configuration, _order, _started, logger);
            }
        }
        catch
        {
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stops each pipeline when those that emit into it are over. Nobody waits longer than the token allows.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _reload?.Dispose();
        var stops = new Dictionary<HostedPipeline, Task>();
        foreach (var pipeline in Enumerable.Reverse(_started))
        {
            var emitters = _order!.Where(each => each.Dependencies.Contains(pipeline.Name)).Select(Find).Where(stops.ContainsKey).Select(each => stops[each]).ToList();
            stops.Add(pipeline, StopInTurnAsync(pipeline, emitters, cancellationToken));
        }

        return Task.WhenAll(stops.Values);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _reload?.Dispose();

    private static async Task StopInTurnAsync(HostedPipeline pipeline, List<Task> emitters, CancellationToken cancellationToken)
    {
        await Task.WhenAll(emitters).ConfigureAwait(false);
        await pipeline.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Prepare()
    {
        var errors = new List<string>();
        var order = DependencyOrder.Of([.. registrations], errors);
        var settings = StreamzConfiguration.Read(services.GetService<IConfiguration>(), order, errors);
        foreach (var pipeline in registrations.Select(Find))
        {
            pipeline.Configure(settings[pipeline.Name]);
            errors.AddRange(pipeline.Define());
        }

        if (errors.Count > 0)
        {
            throw new PipelineValidationException($"The pipelines of the host cannot start:{string.Concat(errors.Select(error => $"{Environment.NewLine}- {error}"))}", errors);
        }

        _order = order;
    }

    private HostedPipeline Find(PipelineRegistration registration) => services.GetRequiredKeyedService<HostedPipeline>(registration.Name);
}
