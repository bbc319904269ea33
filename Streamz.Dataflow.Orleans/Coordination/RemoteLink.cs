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
    private const int MaxAttempts = 4;

    // Longer than a worker keeps a question open; with each attempt by as much again, since a large batch is not to be sent over and over.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lastPatience = TimeSpan.FromSeconds(10);

    private readonly Guid _id;
    private readonly IWorkerService _worker;
    private readonly Coordinator _coordinator;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Queue<Operation> _queue = new();
    private TaskCompletionSource? _arrival;
    private WorkerLoad _load;
    private long _unconfirmedBytes;
    private volatile bool _hasEnded;

    public RemoteLink(SiloAddress silo, Guid id, WorkerIntroduction introduction, IWorkerService worker, Coordinator coordinator, TimeProvider time)
        : base(silo, introduction.Name, introduction.Threads)
    {
        _id = id;
        _worker = worker;
        _coordinator = coordinator;
        _time = time;
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

    public override long Bytes => Load.Bytes;

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
        TaskCompletionSource? arrival;
        lock (_gate)
        {
            _hasEnded = true;
            _queue.Clear();
            (arrival, _arrival) = (_arrival, null);
        }

        arrival?.TrySetResult();
        if (saysGoodbye)
        {
            try
            {
                await _worker.GoodbyeAsync(_coordinator.Id, _id).ConfigureAwait(false);
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
            for (var next = 1L; ; next++)
            {
                var number = next;
                var batch = await TakeAsync().ConfigureAwait(false);
                if (batch is null)
                {
                    return;
                }

                if (!await InsistAsync(() => _worker.SubmitAsync(_coordinator.Id, _id, number, batch)).ConfigureAwait(false))
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

    /// <summary>
    /// Asks again what gets no answer in time: a message may be lost with the silo that it went through, and the worker takes each batch once, however often it comes. The first
    /// answer counts, to whichever question: a large one takes its time. That a worker is gone the cluster finds out; only one that keeps silent for long is given up here.
    /// </summary>
    private async Task<TAnswer> InsistAsync<TAnswer>(Func<Task<TAnswer>> ask)
    {
        var open = new List<Task<TAnswer>>(1);
        for (var attempt = 1; ; attempt++)
        {
            open.Add(ask().MayBeAbandoned());
            Task<TAnswer> first;
            try
            {
                first = await Task.WhenAny(open).WaitAsync(attempt < MaxAttempts ? attempt * s_patience : s_lastPatience, _time).ConfigureAwait(false);
            }
            catch (TimeoutException) when (attempt < MaxAttempts && !_hasEnded)
            {
                continue;
            }

            // One that has failed may have gone through a silo that is no more, while another is on its way by a different one.
            open.Remove(first);
            if (first.IsCompletedSuccessfully || open.Count == 0 || attempt >= MaxAttempts || _hasEnded)
            {
                return await first.ConfigureAwait(false);
            }
        }
    }

    private async Task<Operation[]?> TakeAsync()
    {
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                if (_hasEnded)
                {
                    return null;
                }

                if (_queue.Count > 0)
                {
                    return Take();
                }

                _arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrival = _arrival.Task;
            }

            await arrival.ConfigureAwait(false);
        }
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
                var report = await InsistAsync(() => _worker.CollectAsync(_coordinator.Id, _id, acknowledged)).ConfigureAwait(false);
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
}
