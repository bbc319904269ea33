namespace Streamz.Dataflow.Runtime;

/// <summary>
/// Waits until what one source accepted is through. Segments are asked in graph order: what the ones before have finished
/// is queued at the next ones by then. A segment that only closed sources feed is waited for to its end, flushes included;
/// one that an open source feeds too, until it has processed what it had accepted. Where an edit has put further segments among them meanwhile,
/// all are asked again.
/// </summary>
internal static class SourceDrain
{
    public static async Task WaitAsync(Run run, IIngress source)
    {
        Task edited;
        do
        {
            // Asked first: an edit may lead a source that is open to what this waits for the end of.
            edited = run.Edited;
        }
        while (!await IsThroughAsync(run, source, edited).ConfigureAwait(false));
    }

    /// <returns>False if an edit came between.</returns>
    private static async Task<bool> IsThroughAsync(Run run, IIngress source, Task edited)
    {
        var fed = FedBy([source.Node]);
        var open = FedBy(run.Ingresses.Where(ingress => !ingress.IsClosed).Select(ingress => ingress.Node)
            .Concat(run.Drivers.Where(driver => !driver.Completion.IsCompleted).Select(driver => driver.Node)));
        foreach (var segment in SegmentsOf(run, fed))
        {
            var drained = fed.Overlaps(open) ? DrainAsync(segment, open) : segment.Completion;
            await Task.WhenAny(run.Completion, drained, edited).ConfigureAwait(false);
            if (edited.IsCompleted)
            {
                return false;
            }
        }

        if (open.Count == 0 || run.IsFaulted)
        {
            await Task.WhenAny(run.Completion, edited).ConfigureAwait(false);
            if (!run.Completion.IsCompleted)
            {
                return false;
            }

            await run.Completion.ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>The nodes, and all that can be reached from them.</summary>
    private static HashSet<NodeRun> FedBy(IEnumerable<NodeRun> nodes)
    {
        var found = new HashSet<NodeRun>(nodes);
        var open = new Stack<NodeRun>(found);
        while (open.TryPop(out var node))
        {
            foreach (var edge in node.Outputs)
            {
                if (found.Add(edge.To))
                {
                    open.Push(edge.To);
                }
            }
        }

        return found;
    }

    private static IEnumerable<Segment> SegmentsOf(Run run, HashSet<NodeRun> nodes) =>
        SegmentOrder.Of(run).Where(segment => segment.Nodes.Exists(nodes.Contains));

    private static async Task DrainAsync(Segment segment, HashSet<NodeRun> open)
    {
        if (!open.Contains(segment.Head))
        {
            await segment.Completion.ConfigureAwait(false);
            return;
        }

        if (segment.Head.Loop is { } loop)
        {
            await loop.WhenAtRestAsync().ConfigureAwait(false);
        }

        foreach (var port in segment.Ports)
        {
            if (!port.IsInternal)
            {
                await port.WhenProcessedAsync().ConfigureAwait(false);
            }
        }
    }
}
