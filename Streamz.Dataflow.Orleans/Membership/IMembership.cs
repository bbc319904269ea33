using Orleans.Runtime;

namespace Streamz.Dataflow.Orleans.Membership;

/// <summary>Tells which silos are there, as the engine knows it.</summary>
internal interface IMembership
{
    /// <summary>Gives the silos that are active, at first and whenever they change.</summary>
    IAsyncEnumerable<IReadOnlySet<SiloAddress>> WatchAsync(CancellationToken cancellation);
}
