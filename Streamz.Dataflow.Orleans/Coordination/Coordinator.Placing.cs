using Streamz.Dataflow.Orleans.Wire;
using Streamz.Dataflow.Orleans.Workers;

namespace Streamz.Dataflow.Orleans.Coordination;

/// <summary>Where values are made. All of it is under the gate.</summary>
internal sealed partial class Coordinator
{
    /// <summary>Brings a value that this process has to a worker.</summary>
    private void Put(Computation root, WorkerLink worker)
    {
        byte[]? bytes = null;
        var cell = root.Root!;
        if (worker.IsRemote || _options.SerializeInProcess)
        {
            bytes = cell.ToBytes(Values);
            if (cell is not BytesCell)
            {
                // From now on one copy is enough.
                root.Root = new BytesCell(bytes);
            }
        }

        Assign(root, worker);
        root.IsDone = true;
        worker.Send(new Operation { Kind = OperationKind.Put, Id = root.WireId, Bytes = bytes, Cell = bytes is null ? cell : null });
    }

    private void Assign(Computation computation, WorkerLink worker)
    {
        computation.Worker = worker;
        computation.WireId = ++_lastWire;
        computation.IsDone = false;
        computation.WasReleaseSent = false;
        _wires[computation.WireId] = computation;
    }

    /// <summary>Has a value made where what it is made of is; or later, if there is no worker.</summary>
    private void Place(Computation computation)
    {
        if (computation.Cancellation.IsCancellationRequested)
        {
            Settle(computation, null, new OperationCanceledException(computation.Cancellation));
            return;
        }

        foreach (var input in computation.Inputs)
        {
            if (IsGone(input) && computation.Kind != OperationKind.OrElse)
            {
                Settle(computation, null, input.Error);
                return;
            }
        }

        var worker = computation.Inputs.Length > 0 && IsOnWorker(computation.Inputs[0]) ? computation.Inputs[0].Worker! : NextWorker(requiresRoom: false);
        if (worker is null)
        {
            computation.Worker = null;
            _parked.Add(computation);
            WatchForWorkers();
            return;
        }

        if (computation.Inputs.FirstOrDefault(input => !IsOnWorker(input) && !input.IsSettled) is not null)
        {
            Settle(computation, null, new InvalidOperationException("A value was used on the cluster after it had been released."));
            return;
        }

        var sources = computation.Inputs;
        if (computation.Kind == OperationKind.OrElse)
        {
            var (wanted, otherwise) = (IsGone(sources[0]), IsGone(sources[1]));
            if (wanted && otherwise)
            {
                Settle(computation, null, sources[1].Error);
                return;
            }

            sources = wanted ? [sources[1], sources[1]] : otherwise ? [sources[0], sources[0]] : sources;
        }

        try
        {
            Send(computation, worker, sources);
        }
        catch (Exception unserializable)
        {
            // A value that stayed in this process must leave it now, and cannot.
            Settle(computation, null, unserializable);
        }
    }

    private void Send(Computation computation, WorkerLink worker, Computation[] sources)
    {
        foreach (var source in sources)
        {
            if (!IsOnWorker(source))
            {
                Put(source, worker);
            }
        }

        var inputs = new Input[sources.Length];
        List<Computation>? held = null;
        for (var i = 0; i < inputs.Length; i++)
        {
            var source = sources[i];
            if (source.Worker == worker)
            {
                inputs[i] = new Input(source.WireId, null);
                continue;
            }

            // The worker has to fetch it: it must not go before that.
            (held ??= []).Add(source);
            source.RemoteHolds++;
            inputs[i] = new Input(source.WireId, source.Worker!.Silo);
        }

        Assign(computation, worker);
        computation.HeldInputs = held;
        if (computation.Function is { } function && worker.Define(function))
        {
            ForgetFunctions();
        }

        worker.Send(new Operation
        {
            Kind = computation.Kind,
            Id = computation.WireId,
            Function = computation.Function?.Id ?? 0,
            Inputs = inputs,
            Index = computation.Index,
            IsReported = held is not null,
            TraceParent = computation.TraceParent,
        });
        if (computation.IsWanted)
        {
            StartAwaiting(computation, worker);
            worker.Send(OperationKind.Want, computation.WireId);
        }
    }

    /// <summary>What workers know grows by new functions only, so this is the time to have them forget old ones.</summary>
    private void ForgetFunctions()
    {
        while (_unused.TryDequeue(out var function))
        {
            foreach (var link in _links)
            {
                link.Forget(function);
            }
        }
    }

    /// <summary>Whether there is no value, and no worker that could say so.</summary>
    private static bool IsGone(Computation computation) => computation.Error is not null && !IsOnWorker(computation);

    /// <summary>Whether a worker that is there has the value, or makes it.</summary>
    private static bool IsOnWorker(Computation computation) => computation is { Worker.IsLost: false, WasReleaseSent: false };
}
