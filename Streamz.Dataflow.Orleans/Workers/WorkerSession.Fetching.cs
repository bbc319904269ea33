using Orleans.Runtime;
using Streamz.Dataflow.Orleans.Wire;

namespace Streamz.Dataflow.Orleans.Workers;

/// <summary>How values go from worker to worker.</summary>
internal sealed partial class WorkerSession
{
    /// <summary>
    /// Gives a value to another worker. The operation that makes it known here may come later than the question: what is not known is waited for as what is not done.
    /// </summary>
    /// <returns>What became of it; null if it is not there within the time.</returns>
    public async Task<Outcome?> FetchAsync(long id, TimeSpan patience)
    {
        var start = store.Time.GetTimestamp();
        while (true)
        {
            Task? change = null;
            Entry? entry;
            lock (_gate)
            {
                if (!_entries.TryGetValue(id, out entry))
                {
                    change = Expect(id);
                }
                else if (entry.State != EntryState.Done)
                {
                    entry.Waiters ??= NewSignal();
                    change = entry.Waiters.Task;
                }
            }

            if (change is null)
            {
                return Describe(entry!, isRemote: true);
            }

            var left = patience - store.Time.GetElapsedTime(start);
            try
            {
                await change.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, store.Time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                lock (_gate)
                {
                    _expected.Remove(id);
                }

                return null;
            }
        }
    }

    private Task Expect(long id)
    {
        if (!_expected.TryGetValue(id, out var signal))
        {
            signal = NewSignal();
            _expected.Add(id, signal);
        }

        return signal.Task;
    }

    private Entry Find(Input input)
    {
        if (_entries.TryGetValue(input.Id, out var entry))
        {
            return entry;
        }

        var copy = new Entry(this, input.Id, OperationKind.Put) { IsReleased = true };
        _entries[input.Id] = copy;
        store.CountValues(1);
        if (input.Worker is { } worker)
        {
            _ = CopyAsync(copy, worker);
        }
        else
        {
            Complete(copy, null, store.Fail("input", new KeyNotFoundException($"The value {input.Id} is not here.")));
        }

        return copy;
    }

    /// <summary>Asks another worker for a value, until it comes or nobody needs it any more: the coordinator, not this, decides that a worker is lost.</summary>
    private async Task CopyAsync(Entry copy, SiloAddress worker)
    {
        while (true)
        {
            // Never under the gate of who begins this.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            lock (_gate)
            {
                if (copy.State == EntryState.Removed)
                {
                    return;
                }
            }

            try
            {
                if (await store.FetchAsync(worker, Coordinator, copy.Id).ConfigureAwait(false) is { } outcome)
                {
                    List<Entry>? reports;
                    lock (_gate)
                    {
                        reports = End(copy, outcome.Value, outcome.Failure);
                    }

                    Report(reports);
                    return;
                }
            }
            catch (Exception)
            {
                await Task.Delay(WorkerStore.FetchRetryDelay, store.Time).ConfigureAwait(false);
            }
        }
    }
}
