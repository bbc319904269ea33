using Streamz.Dataflow.Orleans.Wire;

namespace Streamz.Dataflow.Orleans.Coordination;

/// <summary>What happens when workers come and go.</summary>
internal sealed partial class Coordinator
{
    private ITimer? _noWorkers;
    private List<Computation>? _withheld;

    /// <summary>A worker has joined: what waited for one goes there.</summary>
    /// <returns>Whether it was taken; false if all has ended.</returns>
    public bool TryAdd(WorkerLink link)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                link.IsLost = true;
                return false;
            }

            _links.Add(link);
            _hasRemote |= link.IsRemote;
            _noWorkers?.Dispose();
            _noWorkers = null;
            PlaceParked();
            SignalRoom();
        }

        CoordinatorLog.WorkerJoined(_logger, link.Name, link.Threads);
        return true;
    }

    /// <summary>
    /// A worker is lost: what it had and is still needed is made again elsewhere. Whoever finds out first does it; what comes from the link from now on is
    /// ignored, whether the worker is dead or only silent.
    /// </summary>
    public async Task OnLostAsync(WorkerLink link, string reason)
    {
        int count;
        lock (_gate)
        {
            if (link.IsLost || _isDisposed)
            {
                link.IsLost = true;
                return;
            }

            link.IsLost = true;
            _links.Remove(link);
            _lost++;
            count = Recover(link);
            SignalRoom();
        }

        Interlocked.Add(ref _recomputed, count);
        CoordinatorLog.WorkerLost(_logger, link.Name, reason, count);
        await link.CloseAsync(saysGoodbye: false).ConfigureAwait(false);
    }

    /// <summary>Ends all. What is waited for fails.</summary>
    public async ValueTask DisposeAsync()
    {
        WorkerLink[] links;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            links = [.. _links];
            _links.Clear();
            _noWorkers?.Dispose();
            foreach (var link in links)
            {
                link.IsLost = true;
            }

            for (var computation = _live.Next!; computation != _live; computation = computation.Next!)
            {
                Settle(computation, null, new ObjectDisposedException(nameof(OrleansCluster)));
            }

            ForgetTokens();
            SignalRoom();
        }

        foreach (var link in links)
        {
            await link.CloseAsync(saysGoodbye: true).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Finds what is lost with a worker, and all that it must be made of again, and places it anew in the order in which it was made. No recursion: chains may be long.
    /// </summary>
    private int Recover(WorkerLink link)
    {
        var (wanted, known, parked) = (new HashSet<Computation>(), Lineage(), new HashSet<Computation>(_parked));
        foreach (var computation in known)
        {
            CountLoss(computation, link);

            // What is done needs nothing any more. What is not, and waits for something lost, waits in vain.
            computation.IsLost = computation.Worker == link
                || (!computation.IsDone && !computation.IsSettled && computation.Worker is not null && computation.Inputs.Any(input => input.IsLost));
            if (computation is { IsLost: true, IsReleased: false, IsSettled: false })
            {
                wanted.Add(computation);
            }
        }

        for (var i = known.Count - 1; i >= 0; i--)
        {
            if (!wanted.Contains(known[i]))
            {
                continue;
            }

            foreach (var input in known[i].Inputs)
            {
                if (!input.IsSettled && (input.IsLost || !IsOnWorker(input)))
                {
                    wanted.Add(input);
                }
            }
        }

        // A worker in this process answers at once that what is called off has failed: that is no answer to the next attempt.
        foreach (var computation in wanted)
        {
            _wires.Remove(computation.WireId);
        }

        PlaceTogether(known, () =>
        {
            foreach (var computation in known)
            {
                if (wanted.Contains(computation) && !parked.Contains(computation))
                {
                    PlaceAgain(computation);
                }
                else if (computation.Worker == link)
                {
                    _wires.Remove(computation.WireId);
                    GiveBackHolds(computation);
                    computation.Worker = null;
                }

                computation.IsLost = false;
            }

            ForgetWires(link);
        });
        return wanted.Count;
    }

    /// <summary>What a worker had to do when it was lost may be why. It is not given to one worker after the other.</summary>
    private void CountLoss(Computation computation, WorkerLink link)
    {
        if (computation.Worker == link && computation is { IsDone: false, IsSettled: false, Function: { } function } && ++computation.Losses >= _options.MaxWorkerLosses)
        {
            Settle(computation, null, new ClusterTaskException(function.Name, link.Name, new WorkerLostException(computation.Losses)));
        }
    }

    /// <summary>
    /// Places several, and only then lets go of what they were made of: until all are placed, what is released already may be needed by one that comes later.
    /// </summary>
    private void PlaceTogether(IEnumerable<Computation> concerned, Action place)
    {
        _withheld = [.. concerned];
        try
        {
            place();
        }
        finally
        {
            var withheld = _withheld;
            _withheld = null;
            foreach (var computation in withheld)
            {
                SendRelease(computation);
            }
        }
    }

    /// <summary>The worker will say nothing any more of what it was to make: what that holds on other workers is given back.</summary>
    private void ForgetWires(WorkerLink link)
    {
        foreach (var (wire, computation) in _wires.Where(pair => pair.Value.Worker == link || pair.Value.Worker is null).ToList())
        {
            _wires.Remove(wire);
            GiveBackHolds(computation);
        }
    }

    /// <summary>All that is live and not settled, and what it is made of, in the order in which it was made.</summary>
    private List<Computation> Lineage()
    {
        var seen = new HashSet<Computation>();
        var open = new Stack<Computation>();
        for (var computation = _live.Next!; computation != _live; computation = computation.Next!)
        {
            open.Push(computation);
        }

        while (open.TryPop(out var computation))
        {
            if (seen.Add(computation))
            {
                foreach (var input in computation.Inputs)
                {
                    open.Push(input);
                }
            }
        }

        return [.. seen.OrderBy(computation => computation.Id)];
    }

    private void PlaceAgain(Computation computation)
    {
        if (computation.Worker is { IsLost: false } worker && !computation.WasReleaseSent)
        {
            worker.Send(OperationKind.Cancel, computation.WireId);
            worker.Send(OperationKind.Release, computation.WireId);
        }

        _wires.Remove(computation.WireId);
        StopAwaiting(computation);
        GiveBackHolds(computation);
        computation.Worker = null;
        Place(computation);
    }

    private void PlaceParked()
    {
        var parked = _parked.OrderBy(computation => computation.Id).ToList();
        _parked.Clear();
        PlaceTogether(parked.Concat(parked.SelectMany(computation => computation.Inputs)), () =>
        {
            foreach (var computation in parked.Where(computation => !computation.IsSettled))
            {
                Place(computation);
            }
        });
    }

    /// <summary>What waits for a worker fails if none comes in time.</summary>
    private void WatchForWorkers()
    {
        if (_links.Count > 0)
        {
            return;
        }

        _noWorkers ??= _time.CreateTimer(_ => GiveUp(), null, _options.NoWorkersTimeout, Timeout.InfiniteTimeSpan);
    }

    private void GiveUp()
    {
        lock (_gate)
        {
            if (_links.Count > 0 || _isDisposed)
            {
                return;
            }

            _noWorkers?.Dispose();
            _noWorkers = null;
            foreach (var computation in _parked)
            {
                Settle(computation, null, Unavailable());
            }

            _parked.Clear();
        }
    }
}
