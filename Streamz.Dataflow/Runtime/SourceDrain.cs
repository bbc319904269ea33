namespace Streamz.Dataflow.Runtime;

/// <summary>
/// Waits until what one source accepted is through. Segments are asked in graph order: what the ones before have finished
/// is queued at the next ones by then. A segment that only closed sources feed is waited for to its end, flushes included;
/// one that an open source feeds too, until it has processed what it had accepted.
/// </summary>
internal static class SourceDrain
{
    public static async Task WaitAsync(Run run, IIngress source)
    {
        var fed = FedBy([source.Node]);
        var open = FedBy(run.Ingresses.Where(ingress => !ingress.IsClosed).Select(ingress => ingress.Node)
            .Concat(run.Drivers.Where(driver => !driver.Completion.IsCompleted).Select(driver => driver.Node)));
        if (!fed.Overlaps(open))
        {
            await Task.WhenAll(SegmentsOf(run, fed).Select(segment => segment.Completion)).ConfigureAwait(false);
        }
        else
        {
            foreach (var segment in SegmentsOf(run, fed))
            {
                await Task.WhenAny(run.Completion, DrainAsync(segment, open)).ConfigureAwait(false);
            }
        }

        if (open.Count == 0 || run.IsFaulted)
        {
            await run.Completion.ConfigureAwait(false);
        }
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
        run.Segments.Where(segment => segment.Nodes.Exists(nodes.Contains));

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
