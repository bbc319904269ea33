using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Streamz.Dataflow.Hosting;

/// <summary>Applies changes of the configuration to the pipelines that run.</summary>
/// <remarks>One change after the other; each reads what the configuration says by then. A change with a fault in it changes nothing at all.</remarks>
internal sealed class SettingsReload : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly IConfiguration _configuration;
    private readonly IReadOnlyList<PipelineRegistration> _registrations;
    private readonly IReadOnlyList<HostedPipeline> _pipelines;
    private readonly ILogger _logger;
    private readonly IDisposable _subscription;

    public SettingsReload(IConfiguration configuration, IReadOnlyList<PipelineRegistration> registrations, IReadOnlyList<HostedPipeline> pipelines, ILogger logger)
    {
        _configuration = configuration;
        _registrations = registrations;
        _pipelines = pipelines;
        _logger = logger;
        _subscription = ChangeToken.OnChange(configuration.GetReloadToken, () => { _ = ReloadAsync(); });
    }

    public void Dispose() => _subscription.Dispose();

    private async Task ReloadAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var errors = new List<string>();
            var settings = StreamzConfiguration.Read(_configuration, _registrations, errors);
            foreach (var pipeline in _pipelines)
            {
                pipeline.Check(settings[pipeline.Name], errors);
            }

            if (errors.Count > 0)
            {
                HostingLog.ReloadRefused(_logger, string.Concat(errors.Select(error => $"{Environment.NewLine}- {error}")));
                return;
            }

            foreach (var pipeline in _pipelines)
            {
                await pipeline.ReconfigureAsync(settings[pipeline.Name]).ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            HostingLog.ReloadFailed(_logger, failure);
        }
        finally
        {
            _turn.Release();
        }
    }
}
