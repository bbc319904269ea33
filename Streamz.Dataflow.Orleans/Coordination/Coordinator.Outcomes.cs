using Streamz.Dataflow.Orleans.Wire;
using Streamz.Dataflow.Orleans.Workers;

namespace Streamz.Dataflow.Orleans.Coordination;

/// <summary>What becomes of values, and when workers may let go of them.</summary>
internal sealed partial class Coordinator
{
    /// <summary>Takes what became of a value.</summary>
    public void OnOutcome(WorkerLink link, Outcome outcome)
    {
        var error = outcome.Failure?.ToException(_failures);
        lock (_gate)
        {
            Take(link, outcome, error);
        }
    }

    /// <summary>Takes what a worker reports.</summary>
    public void OnReport(WorkerLink link, WorkerReport report)
    {
        // Exceptions are the user's: they are read while nobody waits.
        var errors = Array.ConvertAll(report.Outcomes, outcome => outcome.Failure?.ToException(_failures));
        lock (_gate)
        {
            for (var i = 0; i < errors.Length; i++)
            {
                Take(link, report.Outcomes[i], errors[i]);
            }

            // Its load is another now.
            SignalRoom();
        }
    }

    private void Take(WorkerLink link, Outcome outcome, ClusterTaskException? error)
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

        if (error is not null && computation.IsOnlySaved)
        {
            // The worker has the value, or its failure, all the same: what is lost is a copy.
            computation.SaveError = error;
        }
        else if (error is not null)
        {
            Settle(computation, null, error);
        }
        else if (outcome.Value is { } value)
        {
            Settle(computation, value, null);
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

        if (_withheld is not null)
        {
            _withheld.Add(computation);
            return;
        }

        computation.WasReleaseSent = true;

        // The worker still says something of it: that it has what it holds on other workers, or needs it no more, and what is to be saved.
        if (computation.HeldInputs is null && (!computation.IsWanted || computation.IsDone))
        {
            _wires.Remove(computation.WireId);
        }

        worker.Send(OperationKind.Release, computation.WireId);
    }

    private void GiveBackHolds(Computation computation)
    {
        if (computation.HeldInputs is not { } held)
        {
            return;
        }

        computation.HeldInputs = null;
        foreach (var input in held)
        {
            input.RemoteHolds--;
            SendRelease(input);
        }
    }
}
