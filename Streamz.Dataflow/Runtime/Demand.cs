using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>Knows which nodes still work for somebody, and stops those that do not because what is behind them has ended early.</summary>
/// <remarks>
/// A node is needed if a sink or an open end that has not ended early can be reached from it without passing one that has. Under the lock nodes
/// are found and marked; no lock of a caller is held here, and no other is taken. What is found stays true, so that it may be acted on late, and twice,
/// without harm: nothing that has ended begins again, and an edit, which keeps this from looking at what is half made, leads nothing to a node
/// that is marked.
/// </remarks>
internal sealed class Demand(Run run)
{
    private readonly Lock _gate = new();
    private readonly HashSet<NodeRun> _stopped = [];
    private bool _isHeld;
    private bool _isAsked;

    /// <summary>Lets nothing be looked for until <see cref="LetGo"/>: the graph is about to change.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _isHeld = true;
        }
    }

    /// <summary>Ends <see cref="Hold"/>, and does what was asked for meanwhile.</summary>
    public void LetGo()
    {
        bool isAsked;
        lock (_gate)
        {
            _isHeld = false;
            isAsked = _isAsked;
            _isAsked = false;
        }

        if (isAsked)
        {
            StopUnneeded();
        }
    }

    /// <summary>Closes the sources that nobody needs, and cuts the branches that nobody needs from the nodes that go on.</summary>
    public void StopUnneeded()
    {
        HashSet<NodeRun> needed;
        HashSet<NodeRun> unneeded;
        List<NodeRun> news;
        lock (_gate)
        {
            _isAsked = _isHeld;
            if (_isHeld)
            {
                return;
            }

            needed = FindNeeded();
            unneeded = run.Nodes.Where(node => !needed.Contains(node)).ToHashSet();
            news = [.. unneeded.Where(_stopped.Add)];
            foreach (var outlet in news.Select(node => node.Stage.Outlet).OfType<Outlet>())
            {
                outlet.Completed = true;
            }
        }

        foreach (var node in news)
        {
            node.Halt();
            node.Feed?.Stop();
            if (node.Segment is { } paused && paused.Head == node)
            {
                // What it has taken is dropped; nobody could resume what has ended.
                paused.Resume();
            }

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
