using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// Finds joins that can never progress: a side is full and holds back a branch point, and the starving side can only be fed
/// through that branch point. Asked when nothing in the run moves; what is found counts only if nothing has moved meanwhile.
/// </summary>
internal static class JoinStall
{
    public static void Check(Run run)
    {
        var departures = run.Activity.Departures;
        if (run.IsFaulted || !run.Activity.IsIdle || Find(run) is not var (full, starving))
        {
            return;
        }

        if (run.Activity.IsIdle && run.Activity.Departures == departures && run.ClaimStall())
        {
            run.Fault(full.Node, new JoinStalledException(
                $"'{full.Node.NodeName}' can never progress: its side {full.Input} (from {Upstream(full)}) is full with {full.Kept} elements, the bound, "
                + $"while side {starving.Input} (from {Upstream(starving)}) has none and can only be fed through a branch point that the full side holds back. "
                + "Give the join a larger bound, or use an operator that does not pair elements one by one."));
        }
    }

    private static (Port Full, Port Starving)? Find(Run run)
    {
        var full = run.Ports.Where(port => port.Node.Node.PairsInputs && port.Waiting > 0 && port.Kept > 0 && !port.Segment.Flow.IsResting).ToList();
        if (full.Count == 0)
        {
            return null;
        }

        var progress = new Progress(run);
        foreach (var side in full)
        {
            if (side.Segment.Ports.Find(port => port != side && IsStarving(port) && !progress.CanBeFed(port)) is { } starving)
            {
                return (side, starving);
            }
        }

        return null;
    }

    private static bool IsStarving(Port port) =>
        port is { Kept: 0, HasEnded: false } && (port.Accepted == 0 || !port.Node.Node.LatestInputs.Contains(port.Input));

    private static string Upstream(Port port) =>
        string.Join(", ", port.Node.Inputs.Where(edge => edge.Input == port.Input).Select(edge => $"'{edge.From.NodeName}'"));

    /// <summary>
    /// What can still move once somebody outside emits or the clock goes on: found by spreading from the open entrances until
    /// nothing new is reached, so that what only waits for itself is never reached.
    /// </summary>
    private sealed class Progress
    {
        private readonly Run _run;
        private readonly HashSet<Port> _fed = [];
        private readonly HashSet<Segment> _going = [];

        public Progress(Run run)
        {
            _run = run;
            while (run.Ports.Count(port => !_fed.Contains(port) && IsFed(port) && _fed.Add(port))
                + run.Segments.Count(segment => !_going.Contains(segment) && IsGoing(segment) && _going.Add(segment)) > 0)
            {
            }
        }

        public bool CanBeFed(Port port) => _fed.Contains(port);

        private bool IsFed(Port port) =>
            _run.Ingresses.Exists(ingress => ingress.Port == port && !ingress.IsClosed)
            || _run.Drivers.Exists(driver => driver.Port == port && !driver.Completion.IsCompleted && driver.IsPausing)
            || port.Node.Inputs.Exists(edge => edge.Input == port.Input && edge.From.Segment is { } upstream && _going.Contains(upstream));

        /// <summary>A segment that rests with work in hand goes on when a place that it waits for becomes free; an idle one when it is fed.</summary>
        private bool IsGoing(Segment segment) =>
            segment.Flow.IsResting
                ? _run.Ports.Exists(port => port.IsWaitedForBy(segment.Flow) && BecomesFree(port))
                : segment.Ports.Exists(_fed.Contains);

        private bool BecomesFree(Port port) =>
            port.Node.Node.PairsInputs && !port.Segment.Flow.IsResting
                ? port.Segment.Ports.TrueForAll(side => !IsStarving(side) || _fed.Contains(side))
                : _going.Contains(port.Segment);
    }
}
