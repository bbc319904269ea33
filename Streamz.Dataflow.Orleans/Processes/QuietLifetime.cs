using Microsoft.Extensions.Hosting;

namespace Streamz.Dataflow.Orleans.Processes;

/// <summary>A host that ends when its owner says so, not by signals, which are for the program.</summary>
internal sealed class QuietLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
