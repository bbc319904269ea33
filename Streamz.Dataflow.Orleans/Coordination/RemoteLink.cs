using Orleans.Runtime;
using Streamz.Dataflow.Orleans.Wire;

namespace Streamz.Dataflow.Orleans.Coordination;

/// <summary>
/// The way to a worker in another process. The engine keeps no order among calls, so one batch of operations is on its way at a time, and everything that comes meanwhile
/// goes in the next one; one question for outcomes is open at a time.
/// </summary>
/// <remarks>
/// The queue has a gate of its own, a leaf, which senders take under that of the coordinator. Both loops end with the link; whatever they meet loses the link, once, and
/// the coordinator does the rest.
/// </remarks>
internal sealed class RemoteLink : WorkerLink
{
    private const long MaxBatchBytes = 4L << 20;
    private const int MaxBatchOperations = 4_096;

    private readonly IWorkerService _worker;
    private readonly Coordinator _coordinator;
    private readonly Lock _gate = new();
    private readonly Queue<Operation> _queue = new();
    private TaskCompletionSource? _arrival;
    private WorkerLoad _load;
    private long _unconfirmedBytes;
    private volatile bool _hasEnded;

    public RemoteLink(SiloAddress silo, WorkerIntroduction introduction, IWorkerService worker, Coordinator coordinator)
        : base(silo, introduction.Name, introduction.Threads)
    {
        _worker = worker;
        _coordinator = coordinator;
    }

    public override bool IsRemote => true;

    public override WorkerLoad Load
    {
        get
        {
            lock (_gate)
            {
                return _load with { Bytes = _load.Bytes + _unconfirmedBytes };
            }
        }
    }

    /// <summary>Begins to send and to collect.</summary>
    public void Start()
    {
        _ = Task.Run(SendAsync);
        _ = Task.Run(CollectAsync);
    }

    public override void Send(Operation operation)
    {
        TaskCompletionSource? arrival;
        lock (_gate)
        {
            _queue.Enqueue(operation);
            _unconfirmedBytes += operation.Bytes?.Length ?? 0;
            (arrival, _arrival) = (_arrival, null);
        }

        arrival?.TrySetResult();
    }

    public override async Task CloseAsync(bool saysGoodbye)
    {
        _hasEnded = true;
        TaskCompletionSource? arrival;
        lock (_gate)
        {
            arrival = _arrival;
        }

        arrival?.TrySetResult();
        if (saysGoodbye)
        {
            try
            {
                await _worker.GoodbyeAsync(_coordinator.Id).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The worker forgets by itself who says nothing for long.
            }
        }
    }

    private async Task SendAsync()
    {
        try
        {
            for (var number = 1L; ; number++)
            {
                var batch = await TakeAsync().ConfigureAwait(false);
                if (batch is null)
                {
                    return;
                }

                if (!await SubmitAsync(number, batch).ConfigureAwait(false))
                {
                    await _coordinator.OnLostAsync(this, "it has forgotten this coordinator").ConfigureAwait(false);
                    return;
                }
            }
        }
        catch (Exception failure)
        {
            await _coordinator.OnLostAsync(this, failure.Message).ConfigureAwait(false);
        }
    }

    private async Task<bool> SubmitAsync(long number, Operation[] batch)
    {
        try
        {
            return await _worker.SubmitAsync(_coordinator.Id, number, batch).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!_hasEnded)
        {
            // The worker takes a batch once, however often it comes.
            return await _worker.SubmitAsync(_coordinator.Id, number, batch).ConfigureAwait(false);
        }
    }

    private async Task<Operation[]?> TakeAsync()
    {
        while (!_hasEnded)
        {
            Task arrival;
            lock (_gate)
            {
                if (_queue.Count > 0)
                {
                    return Take();
                }

                _arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrival = _arrival.Task;
            }

            await arrival.ConfigureAwait(false);
        }

        return null;
    }

    private Operation[] Take()
    {
        var size = 0L;
        var count = 0;
        foreach (var operation in _queue)
        {
            size += operation.Size;
            if (count > 0 && (size > MaxBatchBytes || count == MaxBatchOperations))
            {
                break;
            }

            count++;
        }

        var batch = new Operation[count];
        for (var i = 0; i < count; i++)
        {
            batch[i] = _queue.Dequeue();
        }

        return batch;
    }

    private async Task CollectAsync()
    {
        try
        {
            for (var acknowledged = 0L; !_hasEnded;)
            {
                var report = await AskAsync(acknowledged).ConfigureAwait(false);
                if (report.IsStranger)
                {
                    await _coordinator.OnLostAsync(this, "it has forgotten this coordinator").ConfigureAwait(false);
                    return;
                }

                lock (_gate)
                {
                    _load = report.Load;
                    _unconfirmedBytes = 0;
                    foreach (var waiting in _queue)
                    {
                        _unconfirmedBytes += waiting.Bytes?.Length ?? 0;
                    }
                }

                _coordinator.OnReport(this, report);
                acknowledged = report.Number > 0 ? report.Number : acknowledged;
            }
        }
        catch (Exception failure)
        {
            await _coordinator.OnLostAsync(this, failure.Message).ConfigureAwait(false);
        }
    }

    private async Task<WorkerReport> AskAsync(long acknowledged)
    {
        try
        {
            return await _worker.CollectAsync(_coordinator.Id, acknowledged).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!_hasEnded)
        {
            return await _worker.CollectAsync(_coordinator.Id, acknowledged).ConfigureAwait(false);
        }
    }
}
