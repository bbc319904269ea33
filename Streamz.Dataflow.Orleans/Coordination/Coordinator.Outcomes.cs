using Streamz.Dataflow.Orleans.Wire;
using Streamz.Dataflow.Orleans.Workers;

namespace Streamz.Dataflow.Orleans.Coordination;

/// <summary>What becomes of values, and when workers may let go of them.</summary>
internal sealed partial class Coordinator
{
    /// <summary>Takes what became of a value.</summary>
    public void OnOutcome(WorkerLink link, Outcome outcome)
    {
        lock (_gate)
        {
            Take(link, outcome);
        }
    }

    /// <summary>Takes what a worker reports.</summary>
    public void OnReport(WorkerLink link, WorkerReport report)
    {
        lock (_gate)
        {
            foreach (var outcome in report.Outcomes)
            {
                Take(link, outcome);
            }

            // Its load is another now.
            SignalRoom();
        }
    }

    private void Take(WorkerLink link, Outcome outcome)
    {
        if (link.IsLost || !_wires.TryGetValue(outcome.Id, out var computation) || computation.Worker != link)
        {
            return;
        }

        computation.IsDone = true;
        StopAwaiting(computation);
        GiveBackHolds(computation);
        if (computation.WasReleaseSent)
        {
            _wires.Remove(outcome.Id);
        }

        if (outcome.Failure is { } failure)
        {
            Settle(computation, null, failure.ToException(_failures));
        }
        else if (outcome.Value is { } value)
        {
            Settle(computation, value, null);
        }

        if (!link.IsRemote)
        {
            SignalRoom();
        }
    }

    /// <summary>The end of a computation is in this process: what it was made of is needed for it no more.</summary>
    private static void Settle(Computation computation, Cell? value, Exception? error)
    {
        if (computation.IsSettled)
        {
            return;
        }

        computation.Root = value;
        computation.Error = error;
        computation.Inputs = [];
        computation.Completion?.TrySetResult();
    }

    private void SendRelease(Computation computation)
    {
        if (computation is not { IsReleased: true, RemoteHolds: 0, WasReleaseSent: false, Worker: { IsLost: false } worker })
        {
            return;
        }

        computation.WasReleaseSent = true;
        if (computation.HeldInputs is null)
        {
            _wires.Remove(computation.WireId);
        }

        // What it holds on other workers is given back when the worker says that it has it, or needs it no more.
        worker.Send(OperationKind.Release, computation.WireId);

        if (!worker.IsRemote)
        {
            SignalRoom();
        }
    }

    private void GiveBackHolds(Computation computation)
    {
        var held = computation.HeldInputs;
        computation.HeldInputs = null;
        foreach (var input in held ?? [])
        {
            input.RemoteHolds--;
            SendRelease(input);
        }
    }
}
