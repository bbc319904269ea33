using System.Runtime.CompilerServices;
using Orleans.Runtime;

namespace Streamz.Dataflow.Orleans.Membership;

/// <summary>What a silo is told by the engine.</summary>
/// <param name="members">The engine's own service.</param>
internal sealed class SiloMembership(IClusterMembershipService members) : IMembership
{
    public async IAsyncEnumerable<IReadOnlySet<SiloAddress>> WatchAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var snapshot in members.MembershipUpdates.WithCancellation(cancellation).ConfigureAwait(false))
        {
            yield return snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).ToHashSet();
        }
    }
}
