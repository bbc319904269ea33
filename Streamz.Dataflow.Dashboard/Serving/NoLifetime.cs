using Microsoft.Extensions.Hosting;

namespace Streamz.Dataflow.Dashboard.Serving;

/// <summary>The program ends when it ends: a dashboard beside it must not take its signals, as the console lifetime of a host does.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
