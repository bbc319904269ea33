using Streamz.Dataflow.Orleans.Wire;

namespace Streamz.Dataflow.Orleans.Workers;

/// <summary>
/// What a worker has and does for one coordinator: values and functions that are to make them.
/// </summary>
/// <remarks>
/// <para>
/// The gate of the worker guards all entries, and the queue of its threads. It is taken by who brings operations, by threads between two functions, and by what comes from
/// other workers, each for a few steps: no function, no serialiser and nobody outside is called under it. So it cannot hang, and what is behind it happens in one order.
/// </para>
/// <para>
/// An entry goes when the coordinator has released it and nothing is to be made of it any more. What becomes ready while the gate is held goes through a
/// list, not through the stack: chains may be long.
/// </para>
/// </remarks>
internal sealed partial class WorkerSession(WorkerStore store, Guid coordinator, IOutcomeSink sink)
{
    private static readonly FunctionSlot s_choice = new("or else", null, null);

    private readonly Lock _gate = store.Runner.Gate;
    private readonly Dictionary<long, Entry> _entries = [];
    private readonly Dictionary<int, FunctionSlot> _functions = [];
    private readonly Dictionary<long, TaskCompletionSource> _expected = [];
    private readonly Stack<Entry> _settled = new();
    private readonly Stack<Entry> _removing = new();
    private List<Entry>? _reports;
    private long _lastBatch;
    private bool _isClosed;

    public Guid Coordinator { get; } = coordinator;

    public IOutcomeSink Sink => sink;

    /// <summary>Takes a batch of operations, unless it has been taken before.</summary>
    /// <returns>Whether it was taken now or before; false if a batch in front of it is missing.</returns>
    public bool Apply(long batch, Operation[] operations)
    {
        lock (_gate)
        {
            if (batch != _lastBatch + 1)
            {
                return batch <= _lastBatch;
            }

            _lastBatch = batch;
        }

        foreach (var operation in operations)
        {
            Apply(operation);
        }

        return true;
    }

    /// <summary>Takes one operation, in the order of the calls.</summary>
    public void Apply(Operation operation)
    {
        if (operation.Kind == OperationKind.Define)
        {
            Define(operation);
            return;
        }

        if (operation.Kind == OperationKind.Forget)
        {
            lock (_gate)
            {
                _functions.Remove(operation.Function);
            }

            return;
        }

        Apply(operation.Kind, operation.Id, operation);
    }

    /// <summary>Takes one operation, in the order of the calls.</summary>
    /// <param name="kind">What to do; neither a definition nor the end of one.</param>
    /// <param name="id">The value that this is about.</param>
    /// <param name="operation">The whole of it, if it makes a value.</param>
    public void Apply(OperationKind kind, long id, Operation? operation)
    {
        List<Entry>? reports;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            switch (kind)
            {
                case OperationKind.Want:
                    Want(id);
                    break;
                case OperationKind.Release:
                    Release(id);
                    break;
                case OperationKind.Cancel:
                    CallOff(id);
                    break;
                default:
                    Add(operation!);
                    break;
            }

            reports = Settle();
        }

        Report(reports);
    }

    /// <summary>A thread begins to run a function. Called under the gate.</summary>
    /// <returns>Whether it still shall.</returns>
    public static bool TryBegin(Entry entry, CancellationTokenSource cancellation)
    {
        if (entry.State != EntryState.Queued)
        {
            return false;
        }

        entry.State = EntryState.Running;
        entry.Cancellation = cancellation;
        return true;
    }

    /// <summary>A value is there, or has failed. Called under the gate.</summary>
    /// <returns>What to report, after the gate; null if nothing.</returns>
    public List<Entry>? End(Entry entry, Cell? value, Failure? failure)
    {
        entry.Cancellation = null;
        if (entry.State == EntryState.Removed)
        {
            return null;
        }

        Complete(entry, value, failure);
        return Settle();
    }

    /// <summary>Tells the coordinator what became of values. Never under the gate: it may serialise.</summary>
    public void Report(List<Entry>? entries)
    {
        if (entries is null)
        {
            return;
        }

        foreach (var entry in entries)
        {
            sink.Add(entry.IsWanted && (entry.Value is not null || entry.Failure is not null) ? Describe(entry, sink.IsRemote) : new Outcome { Id = entry.Id });
        }
    }

    /// <summary>Forgets everything. Functions that run are called off.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var entry in _entries.Values.ToList())
            {
                Remove(entry);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Define(Operation operation)
    {
        FunctionSlot slot;
        try
        {
            slot = new FunctionSlot(operation.Name!, Invoker.Create(store.Functions.Resolve(operation.Definition!)), null);
        }
        catch (Exception refusal)
        {
            slot = new FunctionSlot(operation.Name!, null, refusal);
        }

        lock (_gate)
        {
            _functions[operation.Function] = slot;
        }
    }

    private Outcome Describe(Entry entry, bool isRemote)
    {
        // An entry that is done changes no more, but for bytes that become what they stand for.
        var (value, failure) = (entry.Value, entry.Failure);
        if (failure is null && value is null)
        {
            failure = store.Fail("fetch", new KeyNotFoundException($"The value {entry.Id} is not here any more."));
        }

        if (!isRemote)
        {
            return new Outcome { Id = entry.Id, Cell = failure is null ? value : null, Failure = failure };
        }

        if (failure is null)
        {
            try
            {
                var bytes = value!.ToBytes(store.Values);
                return bytes.Length <= store.MaxMessageBytes
                    ? new Outcome { Id = entry.Id, Bytes = bytes }
                    : throw new NotSupportedException($"The result takes {bytes.Length:N0} bytes; a message between processes may have {store.MaxMessageBytes:N0}. Make smaller values, for example by Flatten, or raise the limit of the silos and clients (MaxMessageBodySize).");
            }
            catch (Exception poison)
            {
                failure = store.Fail(entry.Function?.Name ?? "value", poison);
            }
        }

        return new Outcome { Id = entry.Id, Failure = failure.ToWire(store.Failures) };
    }
}

/// <summary>Takes what becomes of values. Called from any thread, never under a gate of the worker.</summary>
internal interface IOutcomeSink
{
    /// <summary>Whether outcomes leave the process.</summary>
    bool IsRemote { get; }

    /// <summary>Takes an outcome.</summary>
    void Add(Outcome outcome);

    /// <summary>The worker has been stopped: there will be no more outcomes.</summary>
    void OnStopped();
}
