using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Streamz.Dataflow.Orleans.Coordination;

namespace Streamz.Dataflow.Orleans.Membership;

/// <summary>What a client that is no silo finds out by asking, twice a second.</summary>
internal sealed class ClientMembership(IGrainFactory grains, TimeProvider time, ILogger logger) : IMembership
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(500);

    // The question may have gone through a silo that is no more: the engine itself would wait half a minute for the answer.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    // A client that is just starting cannot ask yet, and one question that is lost means nothing.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(5);

    private long? _failingSince;
    private bool _hasWarned;

    public async IAsyncEnumerable<IReadOnlySet<SiloAddress>> WatchAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            if (await AskAsync().ConfigureAwait(false) is { } silos)
            {
                yield return silos;
            }

            await Task.Delay(s_period, time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<HashSet<SiloAddress>?> AskAsync()
    {
        try
        {
            var hosts = await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true).MayBeAbandoned().WaitAsync(s_patience, time).ConfigureAwait(false);
            (_failingSince, _hasWarned) = (null, false);
            return [.. hosts.Keys];
        }
        catch (Exception failure)
        {
            _failingSince ??= time.GetTimestamp();
            if (!_hasWarned && time.GetElapsedTime(_failingSince.Value) >= s_silence)
            {
                _hasWarned = true;
                CoordinatorLog.NoMembers(logger, s_silence, failure);
            }

            return null;
        }
    }
}
