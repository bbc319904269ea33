using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Streamz.Dataflow.Orleans.Coordination;
using Streamz.Dataflow.Orleans.Wire;
using Streamz.Dataflow.Orleans.Workers;

namespace Streamz.Dataflow.Orleans.Membership;

/// <summary>Links a coordinator with the workers that are there, and tells it of those that are gone.</summary>
/// <param name="membership">Tells which silos are there.</param>
/// <param name="grains">Reaches them.</param>
/// <param name="self">The silo of this process, if there is one.</param>
/// <param name="local">The worker of this process, if there is one.</param>
/// <param name="coordinator">Who is told.</param>
/// <param name="time">When to try again.</param>
/// <param name="logger">Where failures are told.</param>
internal sealed class WorkerWatch(IMembership membership, IGrainFactory grains, SiloAddress? self, WorkerStore? local, Coordinator coordinator, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestRetry = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<SiloAddress, Candidate> _candidates = [];
    private IReadOnlySet<SiloAddress> _active = new HashSet<SiloAddress>();
    private Task _watching = Task.CompletedTask;
    private Task _retrying = Task.CompletedTask;

    public void Start()
    {
        if (local is not null)
        {
            coordinator.TryAdd(new LocalLink(local, coordinator));
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
            Forget(active);
            foreach (var link in coordinator.Links().Where(link => link.IsRemote && !active.Contains(link.Silo)))
            {
                await coordinator.OnLostAsync(link, "the cluster has declared it gone").ConfigureAwait(false);
            }

            Connect();
        }
    }

    /// <summary>A silo that is started again has another address: nobody will ask for the one before.</summary>
    private void Forget(IReadOnlySet<SiloAddress> active)
    {
        lock (_candidates)
        {
            foreach (var (silo, candidate) in _candidates.ToList())
            {
                if (!candidate.IsBusy && !active.Contains(silo))
                {
                    _candidates.Remove(silo);
                }
            }
        }
    }

    /// <summary>A silo that has not answered may be a worker yet, and a lost one may come back.</summary>
    private async Task RetryAsync()
    {
        while (true)
        {
            await Task.Delay(s_retry, time, _end.Token).ConfigureAwait(false);
            Connect();
        }
    }

    /// <summary>Greets all that are there and not linked, each once at a time: a worker that is greeted twice forgets what came in between.</summary>
    private void Connect()
    {
        foreach (var silo in Volatile.Read(ref _active))
        {
            lock (_candidates)
            {
                if (!_candidates.TryGetValue(silo, out var candidate))
                {
                    candidate = new Candidate();
                    _candidates.Add(silo, candidate);
                }

                if (silo.Equals(self) || candidate.IsBusy || candidate.Link is { IsLost: false } || time.GetElapsedTime(candidate.Since) < candidate.Wait)
                {
                    continue;
                }

                candidate.IsBusy = true;
                _ = ConnectAsync(silo, candidate);
            }
        }
    }

    private async Task ConnectAsync(SiloAddress silo, Candidate candidate)
    {
        RemoteLink? link = null;
        try
        {
            var worker = grains.GetGrain<IWorkerService>(WorkerAddress.On(silo));
            var id = Guid.NewGuid();
            var introduction = await worker.HelloAsync(coordinator.Id, id).ConfigureAwait(false);
            link = new RemoteLink(silo, id, introduction, worker, coordinator, time);
        }
        catch (Exception failure)
        {
            CoordinatorLog.NoWorker(logger, failure, silo.ToString());
        }

        lock (_candidates)
        {
            candidate.IsBusy = false;
            candidate.Link = link;
            candidate.Since = time.GetTimestamp();

            // It may not be a worker at all: it is asked less and less often.
            candidate.Wait = link is not null ? TimeSpan.Zero : candidate.Wait == TimeSpan.Zero ? s_retry : candidate.Wait * 2 < s_longestRetry ? candidate.Wait * 2 : s_longestRetry;
        }

        if (link is not null && coordinator.TryAdd(link))
        {
            link.Start();
        }
        else if (link is not null)
        {
            await link.CloseAsync(saysGoodbye: true).ConfigureAwait(false);
        }
    }

    /// <summary>A silo, and what has come of greeting it. Belongs to the lock on all of them.</summary>
    private sealed class Candidate
    {
        public bool IsBusy { get; set; }

        public RemoteLink? Link { get; set; }

        public long Since { get; set; }

        public TimeSpan Wait { get; set; }
    }
}
