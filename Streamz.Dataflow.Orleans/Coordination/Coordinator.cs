using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Streamz.Dataflow.Orleans.Functions;
using Streamz.Dataflow.Orleans.Values;
using Streamz.Dataflow.Orleans.Wire;
using Streamz.Dataflow.Orleans.Workers;

namespace Streamz.Dataflow.Orleans.Coordination;

/// <summary>
/// Knows every value that a process has on the cluster, says which worker makes it, and has it made again elsewhere when a worker is lost.
/// </summary>
/// <remarks>
/// <para>
/// One gate guards all computations and links. It is taken by pipelines that submit and release, by links that bring outcomes, and by what finds out that a worker is
/// lost. Under it operations are handed to links, which never wait: a local one takes the gate of its worker, a remote one that of its queue, both leaves. Waiters are
/// told under it, and go on elsewhere. So it cannot hang, and each worker gets operations in the order of the calls, inputs before what is made of them.
/// </para>
/// <para>
/// A computation holds what it is made of until its value is in this process. That is the lineage: it grows with what is under way, and for a fold until its state
/// is saved.
/// </para>
/// </remarks>
internal sealed partial class Coordinator
{
    private readonly Lock _gate = new();
    private readonly ConditionalWeakTable<object, PreparedFunction> _functions = [];
    private readonly List<WorkerLink> _links = [];
    private readonly Dictionary<long, Computation> _wires = [];
    private readonly List<Computation> _parked = [];
    private readonly ConcurrentQueue<int> _unused = new();
    private readonly Computation _live = new(0, OperationKind.Put);
    private readonly FunctionPacker _packer;
    private readonly FailureSerializer _failures;
    private readonly OrleansClusterOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private TaskCompletionSource? _room;
    private long _lastId;
    private long _lastWire;
    private int _lastFunction;
    private int _turn;
    private long _recomputed;
    private long _lost;
    private bool _hasRemote;
    private bool _isDisposed;

    public Coordinator(ValueSerializer values, FunctionPacker packer, FailureSerializer failures, OrleansClusterOptions options, TimeProvider time, ILogger logger)
    {
        Values = values;
        _packer = packer;
        _failures = failures;
        _options = options;
        _time = time;
        _logger = logger;
        _live.Next = _live.Previous = _live;
    }

    public Guid Id { get; } = Guid.NewGuid();

    public ValueSerializer Values { get; }

    /// <summary>How many values were made again, since a worker was lost.</summary>
    public long Recomputed => Interlocked.Read(ref _recomputed);

    /// <summary>How many workers were lost.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Packs a function, with what it captures by now.</summary>
    /// <exception cref="ArgumentException">It cannot travel.</exception>
    public PreparedFunction Prepare(object function, Delegate invoke, string name)
    {
        // Each submission comes through here: what a closure would cost is for the first one only.
        return _functions.TryGetValue(function, out var prepared) ? prepared : PrepareFirst(function, invoke, name);
    }

    /// <summary>Nobody can have a function made known to workers any more. Called by the finalizer, so it only takes note.</summary>
    public void OnUnused(int function) => _unused.Enqueue(function);

    /// <summary>Brings a value as soon as there is a worker for it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="requiresRoom">Whether the worker must have room for it; not so for what others wait for that are there already.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    public async ValueTask<Computation> ScatterAsync(Cell value, bool requiresRoom, CancellationToken cancellation)
    {
        if (_options.SerializeInProcess || Volatile.Read(ref _hasRemote))
        {
            value = ToBytes(value);
        }

        Task? room = null;
        do
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, typeof(OrleansCluster));
                cancellation.ThrowIfCancellationRequested();
                var worker = NextWorker(requiresRoom);
                if (worker is null)
                {
                    // Asked for before the second look: what is let go of in between is not missed.
                    room = WaitForRoom();
                    worker = NextWorker(requiresRoom);
                }

                if (worker is not null)
                {
                    var root = new Computation(++_lastId, OperationKind.Put) { Root = value };
                    Put(root, worker);
                    Enlist(root);
                    return root;
                }
            }
        }
        while (await WaitAsync(room!, cancellation).ConfigureAwait(false));

        throw Unavailable();
    }

    /// <summary>Has a value made of others.</summary>
    public Computation Submit(OperationKind kind, PreparedFunction? function, Computation[] inputs, int index, CancellationToken cancellation)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(OrleansCluster));
            var computation = new Computation(++_lastId, kind)
            {
                Function = function,
                Inputs = inputs,
                Index = index,
                TraceParent = Activity.Current?.Id,
                Cancellation = cancellation,
            };
            Enlist(computation);
            Place(computation);
            Watch(cancellation);
            return computation;
        }
    }

    /// <summary>Has a value brought here when it is there, if it has a way to come: a worker in this process has it here anyway.</summary>
    public void Want(Computation computation)
    {
        if (!_options.SerializeInProcess && !Volatile.Read(ref _hasRemote))
        {
            return;
        }

        lock (_gate)
        {
            _ = Await(computation);
        }
    }

    /// <summary>Has a copy of a value brought here when it is there, so that what it was made of is needed no more.</summary>
    public void Save(Computation computation)
    {
        lock (_gate)
        {
            computation.IsOnlySaved = !computation.IsWanted;
            _ = Await(computation);
        }
    }

    /// <summary>Waits for a value.</summary>
    /// <exception cref="ClusterTaskException">The function that was to make it has failed.</exception>
    /// <exception cref="ClusterUnavailableException">There was no worker for too long.</exception>
    public async ValueTask<T> GatherAsync<T>(Computation computation, CancellationToken cancellation)
    {
        Task? completion;
        lock (_gate)
        {
            computation.IsOnlySaved = false;
            if (computation.SaveError is { } error)
            {
                Settle(computation, null, error);
            }

            completion = Await(computation);
        }

        if (completion is { IsCompleted: false })
        {
            await completion.WaitAsync(cancellation).ConfigureAwait(false);
        }

        // What is settled changes no more: a root becomes bytes at most.
        if (computation.Error is { } failure)
        {
            throw failure is ClusterTaskException task ? new ClusterTaskException(task.Function, task.Worker, task.InnerException!) : failure;
        }

        var root = computation.Root!;
        return Cell.Read<T>(ref root, Values);
    }

    /// <summary>Nobody names the value any more.</summary>
    public void Release(Computation computation)
    {
        lock (_gate)
        {
            if (computation.IsReleased)
            {
                return;
            }

            computation.IsReleased = true;
            computation.Previous!.Next = computation.Next;
            computation.Next!.Previous = computation.Previous;
            computation.Next = computation.Previous = null;
            StopAwaiting(computation);
            SendRelease(computation);
        }
    }

    /// <summary>The links to workers that are there.</summary>
    public IReadOnlyList<WorkerLink> Links()
    {
        lock (_gate)
        {
            return [.. _links];
        }
    }

    private PreparedFunction PrepareFirst(object function, Delegate invoke, string name)
    {
        var reference = _packer.Pack(invoke, name);
        return _functions.GetValue(function, _ => new PreparedFunction(this, Interlocked.Increment(ref _lastFunction), name, reference));
    }

    /// <summary>Serialises a value while nobody waits for it, and says so if it is too large to leave the process.</summary>
    private BytesCell ToBytes(Cell value)
    {
        var bytes = value.ToBytes(Values);
        return bytes.Length <= _options.MaxMessageBytes
            ? new BytesCell(bytes)
            : throw new NotSupportedException($"A value takes {bytes.Length:N0} bytes; a message between processes may have {_options.MaxMessageBytes:N0}. Scatter smaller values, or raise the limit of the silos and clients (MaxMessageBodySize) and {nameof(OrleansClusterOptions)}.{nameof(OrleansClusterOptions.MaxMessageBytes)}.");
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Task? Await(Computation computation)
    {
        if (computation.IsSettled)
        {
            return null;
        }

        if (!computation.IsWanted)
        {
            computation.IsWanted = true;
            if (computation.Worker is { } worker)
            {
                StartAwaiting(computation, worker);
                worker.Send(OperationKind.Want, computation.WireId);
            }
        }

        // A worker in this process may have answered already.
        return computation.IsSettled ? null : (computation.Completion ??= NewSignal()).Task;
    }

    private void Enlist(Computation computation)
    {
        computation.Previous = _live.Previous;
        computation.Next = _live;
        _live.Previous!.Next = computation;
        _live.Previous = computation;
    }

    /// <summary>The worker that fewest results are awaited of, for its threads; of several the one whose turn it is.</summary>
    private WorkerLink? NextWorker(bool requiresRoom)
    {
        WorkerLink? best = null;
        for (var i = 0; i < _links.Count; i++)
        {
            _turn = _turn + 1 < _links.Count ? _turn + 1 : 0;
            var link = _links[_turn];
            if ((best is null || (long)link.Awaited * best.Threads < (long)best.Awaited * link.Threads) && (!requiresRoom || link.Bytes < _options.MaxBytesPerWorker))
            {
                best = link;
            }
        }

        _turn = best is null ? 0 : _links.IndexOf(best);
        return best;
    }

    private static void StartAwaiting(Computation computation, WorkerLink worker)
    {
        computation.IsAwaited = true;
        worker.Awaited++;
    }

    private static void StopAwaiting(Computation computation)
    {
        if (computation is { IsAwaited: true, Worker: { } worker })
        {
            computation.IsAwaited = false;
            worker.Awaited--;
        }
    }

    /// <summary>Completes when a value may find a worker that has room: one has joined, has said that it has less, or, in this process, has let go of something for any coordinator.</summary>
    private Task WaitForRoom()
    {
        var room = (_room ??= NewSignal()).Task;
        foreach (var link in _links)
        {
            if (link.WhenFreedAsync() is { } freed)
            {
                return Task.WhenAny(room, freed);
            }
        }

        return room;
    }

    private void SignalRoom()
    {
        _room?.TrySetResult();
        _room = null;
    }

    /// <summary>Waits until something has changed.</summary>
    /// <returns>Whether to try again; false if there was no worker for too long.</returns>
    private async ValueTask<bool> WaitAsync(Task room, CancellationToken cancellation)
    {
        bool hasWorkers;
        lock (_gate)
        {
            hasWorkers = _links.Count > 0;
        }

        try
        {
            await room.WaitAsync(hasWorkers ? Timeout.InfiniteTimeSpan : _options.NoWorkersTimeout, _time, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private ClusterUnavailableException Unavailable() =>
        new($"The cluster has had no worker for {_options.NoWorkersTimeout}. Start one (AddWorkerAsync, or a silo with AddStreamzWorker), or raise {nameof(OrleansClusterOptions)}.{nameof(OrleansClusterOptions.NoWorkersTimeout)}.");
}
