using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Streamz.Dataflow.Hosting;

/// <summary>Looks at the queues again and again while the host runs, since those who ask for the health come too rarely.</summary>
internal sealed class FullQueueWatch(FullQueues queues, TimeProvider clock, IOptions<StreamzHealthOptions> options) : IHostedService, IDisposable
{
    private static readonly TimeSpan s_longestPeriod = TimeSpan.FromSeconds(1);

    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var period = TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond, Math.Min(s_longestPeriod.Ticks, options.Value.FullFor.Ticks / 10)));
        _timer = clock.CreateTimer(static state => ((FullQueues)state!).Look(), queues, period, period);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();
}
