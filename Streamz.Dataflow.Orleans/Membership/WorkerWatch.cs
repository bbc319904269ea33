using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Streamz.Dataflow.Orleans.Coordination;
using Streamz.Dataflow.Orleans.Wire;
using Streamz.Dataflow.Orleans.Workers;

namespace Streamz.Dataflow.Orleans.Membership;

/// <summary>Links a coordinator with the workers that are there, and tells it of those that are gone. One loop does all of it.</summary>
/// <param name="membership">Tells which silos are there.</param>
/// <param name="grains">Reaches them.</param>
/// <param name="local">The worker of this process, if there is one.</param>
/// <param name="coordinator">Who is told.</param>
/// <param name="time">When to try again.</param>
/// <param name="logger">Where failures are told.</param>
internal sealed class WorkerWatch(IMembership membership, IGrainFactory grains, WorkerStore? local, Coordinator coordinator, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestRetry = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<SiloAddress, WorkerLink> _known = [];
    private readonly Dictionary<SiloAddress, (long Since, TimeSpan Wait)> _failed = [];
    private IReadOnlySet<SiloAddress> _active = new HashSet<SiloAddress>();
    private Task _watching = Task.CompletedTask;
    private Task _retrying = Task.CompletedTask;

    public void Start()
    {
        if (local is not null)
        {
            coordinator.Add(new LocalLink(local, coordinator));
        }

        _watching = Task.Run(WatchAsync);
        _retrying = Task.Run(RetryAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _retrying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        await foreach (var active in membership.WatchAsync(_end.Token).ConfigureAwait(false))
        {
            Volatile.Write(ref _active, active);
            foreach (var link in coordinator.Links().Where(link => link.IsRemote && !active.Contains(link.Silo)))
            {
                await coordinator.OnLostAsync(link, "the cluster has declared it gone").ConfigureAwait(false);
            }

            await ConnectAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A silo that has not answered may be a worker yet, and a lost one may come back.</summary>
    private async Task RetryAsync()
    {
        while (true)
        {
            await Task.Delay(s_retry, time, _end.Token).ConfigureAwait(false);
            await ConnectAsync().ConfigureAwait(false);
        }
    }

    /// <summary>One at a time: a worker that is greeted twice forgets what came in between.</summary>
    private async Task ConnectAsync()
    {
        await _turn.WaitAsync(_end.Token).ConfigureAwait(false);
        try
        {
            foreach (var silo in Volatile.Read(ref _active))
            {
                if (!silo.Equals(local?.Silo) && !(_known.TryGetValue(silo, out var link) && !link.IsLost) && IsDue(silo))
                {
                    await ConnectAsync(silo).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private bool IsDue(SiloAddress silo) => !_failed.TryGetValue(silo, out var failed) || time.GetElapsedTime(failed.Since) >= failed.Wait;

    private async Task ConnectAsync(SiloAddress silo)
    {
        try
        {
            var worker = grains.GetGrain<IWorkerService>(WorkerAddress.On(silo));
            var introduction = await worker.HelloAsync(coordinator.Id).ConfigureAwait(false);
            var link = new RemoteLink(silo, introduction, worker, coordinator);
            _known[silo] = link;
            _failed.Remove(silo);
            coordinator.Add(link);
            link.Start();
        }
        catch (Exception failure)
        {
            // It may not be a worker at all: it is asked less and less often.
            var wait = _failed.TryGetValue(silo, out var before) ? before.Wait * 2 : s_retry;
            _failed[silo] = (time.GetTimestamp(), wait < s_longestRetry ? wait : s_longestRetry);
            CoordinatorLog.NoWorker(logger, failure, silo.ToString());
        }
    }
}
