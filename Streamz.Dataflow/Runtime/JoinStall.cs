using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// Finds joins that can never progress: a side is full and holds back a branch point, and the starving side can only be fed
/// through that branch point. Asked when nothing in the run moves, so what it finds is stable.
/// </summary>
internal static class JoinStall
{
    public static void Check(Run run)
    {
        foreach (var full in run.Ports.Where(port => port.Node.Node.PairsInputs && port.Waiting > 0 && port.Kept > 0))
        {
            var starving = full.Segment.Ports.Find(port => port != full && port.Kept == 0 && !port.HasEnded && !CanBeFed(run, port));
            if (starving is not null && run.Activity.IsIdle)
            {
                run.Fault(full.Node, new JoinStalledException(
                    $"'{full.Node.NodeName}' can never progress: its side {full.Input} (from {Upstream(full)}) is full with {full.Kept} elements, the bound, "
                    + $"while side {starving.Input} (from {Upstream(starving)}) has none and can only be fed through a branch point that the full side holds back. "
                    + "Give the join a larger bound, or use an operator that does not pair elements one by one."));
            }
        }
    }

    private static bool CanBeFed(Run run, Port starving)
    {
        var seen = new HashSet<Port>();
        var open = new Stack<Port>([starving]);
        while (open.TryPop(out var port))
        {
            if (!seen.Add(port))
            {
                continue;
            }

            if (run.Ingresses.Any(ingress => ingress.Port == port && !ingress.IsClosed)
                || run.Drivers.Any(driver => driver.Port == port && !driver.Completion.IsCompleted && driver.IsPausing))
            {
                return true;
            }

            foreach (var edge in port.Node.Node.Inputs.Where(edge => edge.Input == port.Input))
            {
                // A segment that rests with work in hand is held back itself.
                if (run.Find(edge.From) is { Segment: { Flow.IsResting: false } segment })
                {
                    foreach (var next in segment.Ports)
                    {
                        open.Push(next);
                    }
                }
            }
        }

        return false;
    }

    private static string Upstream(Port port) =>
        string.Join(", ", port.Node.Node.Inputs.Where(edge => edge.Input == port.Input).Select(edge => $"'{edge.From}'"));
}
