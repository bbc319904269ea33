using Streamz.Dataflow.Orleans.Wire;

namespace Streamz.Dataflow.Orleans.Workers;

/// <summary>
/// What a coordinator in another process has not been told yet. A report is given again until the next call acknowledges it, so that an answer that is lost on the
/// way loses nothing. One gate, a leaf, guards all; one call of the coordinator waits at a time.
/// </summary>
internal sealed class Outbox(WorkerStore store) : IOutcomeSink
{
    private const long MaxReportBytes = 4L << 20;
    private const int MaxReportOutcomes = 8_192;

    private readonly Lock _gate = new();
    private readonly Queue<Outcome> _outcomes = new();
    private TaskCompletionSource? _arrival;
    private WorkerReport? _given;
    private long _number;

    public bool IsRemote => true;

    public void Add(Outcome outcome)
    {
        TaskCompletionSource? arrival;
        lock (_gate)
        {
            _outcomes.Enqueue(outcome);
            (arrival, _arrival) = (_arrival, null);
        }

        arrival?.TrySetResult();
    }

    public void OnStopped()
    {
        // The coordinator finds out by the silence of the silo.
    }

    /// <summary>Waits for outcomes, at most for a time.</summary>
    public async Task<WorkerReport> CollectAsync(long acknowledged, TimeSpan patience)
    {
        Task arrival;
        lock (_gate)
        {
            if (_given?.Number == acknowledged)
            {
                _given = null;
            }

            if (_given is not null || _outcomes.Count > 0)
            {
                return Take();
            }

            _arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            arrival = _arrival.Task;
        }

        try
        {
            await arrival.WaitAsync(patience, store.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // An empty report tells the load, and that the worker lives.
        }

        lock (_gate)
        {
            return Take();
        }
    }

    private WorkerReport Take()
    {
        if (_given is not null)
        {
            return _given;
        }

        if (_outcomes.Count == 0)
        {
            return new WorkerReport { Number = 0, Outcomes = [], Load = store.Load };
        }

        var taken = new List<Outcome>();
        var size = 0L;
        while (taken.Count < MaxReportOutcomes && _outcomes.TryPeek(out var next) && (taken.Count == 0 || size + next.Size <= MaxReportBytes))
        {
            size += next.Size;
            taken.Add(_outcomes.Dequeue());
        }

        _given = new WorkerReport { Number = ++_number, Outcomes = [.. taken], Load = store.Load };
        return _given;
    }
}
