using Streamz.Dataflow.Orleans.Wire;

namespace Streamz.Dataflow.Orleans.Workers;

/// <summary>
/// What a worker has and does for one coordinator: values and functions that are to make them.
/// </summary>
/// <remarks>
/// <para>
/// One gate guards all entries. It is taken by who brings operations, by threads of the worker before and after a function, and by what comes from other
/// workers, each for a few steps: no function, no serialiser and nobody outside is called under it, but for the queue of the threads, which never waits.
/// So it cannot hang, and what is behind it happens in one order.
/// </para>
/// <para>
/// An entry goes when the coordinator has released it and nothing is to be made of it any more. What becomes ready while the gate is held goes through a
/// list, not through the stack: chains may be long.
/// </para>
/// </remarks>
internal sealed class WorkerSession(WorkerStore store, Guid coordinator, IOutcomeSink sink)
{
    private static readonly FunctionSlot s_choice = new("or else", null, null);

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Entry> _entries = [];
    private readonly Dictionary<int, FunctionSlot> _functions = [];
    private readonly Dictionary<long, TaskCompletionSource> _expected = [];
    private readonly Stack<Entry> _settled = new();
    private List<Entry>? _reports;
    private long _lastBatch;
    private bool _isClosed;

    public Guid Coordinator { get; } = coordinator;

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

        List<Entry>? reports;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            switch (operation.Kind)
            {
                case OperationKind.Want:
                    Want(operation.Id);
                    break;
                case OperationKind.Release:
                    Release(operation.Id);
                    break;
                case OperationKind.Cancel:
                    CallOff(operation.Id);
                    break;
                default:
                    Add(operation);
                    break;
            }

            reports = Settle();
        }

        Report(reports);
    }

    /// <summary>A thread begins to run a function.</summary>
    /// <returns>Whether it still shall.</returns>
    public bool TryBegin(Entry entry, CancellationTokenSource cancellation)
    {
        lock (_gate)
        {
            if (entry.State != EntryState.Queued)
            {
                return false;
            }

            entry.State = EntryState.Running;
            entry.Cancellation = cancellation;
            return true;
        }
    }

    /// <summary>A function has ended.</summary>
    public void Finish(Entry entry, Cell? value, Failure? failure)
    {
        List<Entry>? reports;
        lock (_gate)
        {
            entry.Cancellation = null;
            if (entry.State == EntryState.Removed)
            {
                return;
            }

            Complete(entry, value, failure);
            reports = Settle();
        }

        Report(reports);
    }

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

    private Task Expect(long id)
    {
        if (!_expected.TryGetValue(id, out var signal))
        {
            signal = NewSignal();
            _expected.Add(id, signal);
        }

        return signal.Task;
    }

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

    private void Add(Operation operation)
    {
        var entry = new Entry(this, operation.Id, operation.Kind)
        {
            Function = operation.Kind switch
            {
                OperationKind.Put => null,
                OperationKind.OrElse => s_choice,
                _ => _functions.GetValueOrDefault(operation.Function) ?? new FunctionSlot("?", null, new FunctionRefusedException($"Function {operation.Function} was never defined here.")),
            },
            Index = operation.Index,
            IsReported = operation.IsReported,
            TraceParent = operation.TraceParent,
        };
        _entries[operation.Id] = entry;
        store.CountValues(1);
        if (_expected.Remove(operation.Id, out var expected))
        {
            expected.TrySetResult();
        }

        if (operation.Kind == OperationKind.Put)
        {
            Complete(entry, operation.Cell ?? new BytesCell(operation.Bytes!), null);
            return;
        }

        var inputs = new Entry[operation.Inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = Find(operation.Inputs[i]);
            inputs[i].Holds++;
            if (inputs[i].State != EntryState.Done)
            {
                (inputs[i].Dependents ??= []).Add(entry);
                entry.Pending++;
            }
        }

        entry.Inputs = inputs;
        if (entry.Pending == 0)
        {
            BecomeReady(entry);
        }
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
            _ = CopyAsync(copy, () => store.FetchAsync(worker, Coordinator, input.Id));
        }
        else
        {
            Complete(copy, null, store.Fail("input", new KeyNotFoundException($"The value {input.Id} is not here.")));
        }

        return copy;
    }

    /// <summary>Asks another worker for a value, until it comes or nobody needs it any more: the coordinator, not this, decides that a worker is lost.</summary>
    private async Task CopyAsync(Entry copy, Func<Task<Outcome?>> fetch)
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
                if (await fetch().ConfigureAwait(false) is { } outcome)
                {
                    Finish(copy, outcome.Value, outcome.Failure);
                    return;
                }
            }
            catch (Exception)
            {
                await Task.Delay(WorkerStore.FetchRetryDelay, store.Time).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Everything that an entry is made of is there.</summary>
    private void BecomeReady(Entry entry)
    {
        if (entry.State != EntryState.Waiting)
        {
            return;
        }

        if (entry.Kind == OperationKind.OrElse)
        {
            var chosen = entry.Inputs[0].Failure is null ? entry.Inputs[0] : entry.Inputs[1];
            Complete(entry, chosen.Value, chosen.Failure);
            return;
        }

        foreach (var input in entry.Inputs)
        {
            if (input.Failure is not null)
            {
                Complete(entry, null, input.Failure);
                return;
            }
        }

        if (entry.Function!.Invoker is null)
        {
            Complete(entry, null, store.Fail(entry.Function.Name, entry.Function.Refusal!));
            return;
        }

        entry.State = EntryState.Queued;
        store.Enqueue(entry);
    }

    private void Complete(Entry entry, Cell? value, Failure? failure)
    {
        entry.State = EntryState.Done;
        entry.Value = value;
        entry.Failure = failure;
        store.CountBytes(entry.Size);
        entry.Waiters?.TrySetResult();
        _settled.Push(entry);
    }

    /// <summary>Goes through all that follows from entries that are done.</summary>
    /// <returns>Those that the coordinator must be told of, now or before.</returns>
    private List<Entry>? Settle()
    {
        while (_settled.TryPop(out var entry))
        {
            var dependents = entry.Dependents;
            entry.Dependents = null;
            foreach (var dependent in dependents ?? [])
            {
                if (--dependent.Pending == 0)
                {
                    BecomeReady(dependent);
                }
            }

            GiveBackInputs(entry);
            if (entry.IsReleased && entry.Holds == 0)
            {
                Remove(entry);
            }
            else if (entry.IsWanted || entry.IsReported)
            {
                (_reports ??= []).Add(entry);
            }
        }

        var reports = _reports;
        _reports = null;
        return reports;
    }

    private void GiveBackInputs(Entry entry)
    {
        var inputs = entry.Inputs;
        entry.Inputs = [];
        foreach (var input in inputs)
        {
            if (--input.Holds == 0 && input.IsReleased && input.State != EntryState.Removed)
            {
                Remove(input);
            }
        }
    }

    private void Want(long id)
    {
        if (_entries.TryGetValue(id, out var entry) && !entry.IsWanted)
        {
            entry.IsWanted = true;
            if (entry.State == EntryState.Done)
            {
                (_reports ??= []).Add(entry);
            }
        }
    }

    private void Release(long id)
    {
        if (_entries.TryGetValue(id, out var entry))
        {
            entry.IsReleased = true;
            if (entry.Holds == 0)
            {
                Remove(entry);
            }
        }
    }

    private void CallOff(long id)
    {
        if (!_entries.TryGetValue(id, out var entry))
        {
            return;
        }

        if (entry.State is EntryState.Waiting or EntryState.Queued)
        {
            Complete(entry, null, store.Fail(entry.Function?.Name ?? "value", new OperationCanceledException("It was called off.")));
        }
        else
        {
            _ = entry.Cancellation?.CancelAsync();
        }
    }

    /// <summary>Removes an entry, and down the chain those that nobody needs without it.</summary>
    private void Remove(Entry first)
    {
        var removing = new Stack<Entry>();
        removing.Push(first);
        while (removing.TryPop(out var entry))
        {
            if (entry.State == EntryState.Removed)
            {
                continue;
            }

            if (entry.State == EntryState.Done)
            {
                store.CountBytes(-entry.Size);
            }

            if (entry.State != EntryState.Done && entry.IsReported)
            {
                // What it would have fetched from other workers is needed no more.
                (_reports ??= []).Add(entry);
            }

            // Callbacks of the token run elsewhere.
            _ = entry.Cancellation?.CancelAsync();
            entry.State = EntryState.Removed;
            entry.Waiters?.TrySetResult();
            _entries.Remove(entry.Id);
            store.CountValues(-1);
            foreach (var input in entry.Inputs)
            {
                input.Dependents?.Remove(entry);
                if (--input.Holds == 0 && input.IsReleased)
                {
                    removing.Push(input);
                }
            }
        }
    }

    /// <summary>Tells the coordinator what became of values. Never under the gate: it may serialise.</summary>
    private void Report(List<Entry>? entries)
    {
        foreach (var entry in entries ?? [])
        {
            sink.Add(entry.IsWanted && entry.State == EntryState.Done ? Describe(entry, sink.IsRemote) : new Outcome { Id = entry.Id });
        }
    }

    private Outcome Describe(Entry entry, bool isRemote)
    {
        Cell? value;
        Failure? failure;
        lock (_gate)
        {
            value = entry.Value;
            failure = entry.Failure;
        }

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
}
