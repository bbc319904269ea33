namespace Streamz.Dataflow.Runtime;

/// <summary>Knows which nodes still work for somebody, and stops those that do not because what is behind them has ended early.</summary>
/// <remarks>
/// A node is needed if a sink or an open end that has not ended early can be reached from it without passing one that has. The lock
/// guards the set alone; no lock of a caller is held here. What is found stays true: nothing that has ended begins again, so that findings may be acted on late,
/// and twice, without harm.
/// </remarks>
internal sealed class Demand(Run run)
{
    private readonly Lock _gate = new();
    private readonly HashSet<NodeRun> _stopped = [];

    /// <summary>Closes the sources that nobody needs, and cuts the branches that nobody needs from the nodes that go on.</summary>
    public void StopUnneeded()
    {
        var needed = FindNeeded();
        var unneeded = run.Nodes.Where(node => !needed.Contains(node)).ToHashSet();
        foreach (var node in unneeded.Where(IsNews))
        {
            if (node.Stage.Outlet is { } outlet)
            {
                outlet.Completed = true;
            }

            node.Halt();
            node.Feed?.Stop();

            foreach (var ingress in run.Ingresses.Where(ingress => ingress.Node == node))
            {
                ingress.Close(SourceEnd.NotNeeded);
            }

            foreach (var driver in run.Drivers.Where(driver => driver.Node == node))
            {
                driver.Stop();
            }
        }

        foreach (var node in needed.Where(node => node.Outputs.Exists(edge => unneeded.Contains(edge.To))))
        {
            if (node.Segment is { } segment)
            {
                segment.Request(node, () => node.CutAsync(unneeded));
            }
            else
            {
                // A source that begins no segment: what it feeds is needed, or it would not be.
                node.EndLetters(unneeded.Contains);
            }
        }
    }

    private bool IsNews(NodeRun node)
    {
        lock (_gate)
        {
            return _stopped.Add(node);
        }
    }

    private HashSet<NodeRun> FindNeeded()
    {
        var needed = run.Nodes.Where(node => node.Outputs.TrueForAll(edge => edge.IsDeadLetters) && !node.IsCompleted).ToHashSet();
        var open = new Stack<NodeRun>(needed);
        while (open.TryPop(out var next))
        {
            foreach (var edge in next.Inputs)
            {
                if (!edge.IsDeadLetters && !edge.From.IsCompleted && needed.Add(edge.From))
                {
                    open.Push(edge.From);
                }
            }
        }

        return needed;
    }
}
