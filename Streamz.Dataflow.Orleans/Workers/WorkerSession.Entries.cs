using Streamz.Dataflow.Orleans.Wire;

namespace Streamz.Dataflow.Orleans.Workers;

/// <summary>How entries come, become ready, are done and go. All of it is under the gate.</summary>
internal sealed partial class WorkerSession
{
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
        store.Runner.Enqueue(entry);
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
            if (entry.Dependents is { } dependents)
            {
                entry.Dependents = null;
                foreach (var dependent in dependents)
                {
                    if (--dependent.Pending == 0)
                    {
                        BecomeReady(dependent);
                    }
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
        _removing.Push(first);
        while (_removing.TryPop(out var entry))
        {
            if (entry.State == EntryState.Removed)
            {
                continue;
            }

            if (entry.State == EntryState.Done)
            {
                store.CountBytes(-entry.Size);
            }

            if (entry.State != EntryState.Done && (entry.IsReported || entry.IsWanted))
            {
                // The coordinator waits to hear of it: there will be no more to say.
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
                    _removing.Push(input);
                }
            }
        }
    }
}
