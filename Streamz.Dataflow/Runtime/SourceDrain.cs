using Streamz.Dataflow.Graph;

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
        var fed = GraphOrder.Downstream(source.Node);
        fed.Add(source.Node);
        var open = run.Ingresses.Where(ingress => !ingress.IsClosed).Select(ingress => ingress.Node)
            .Concat(run.Drivers.Where(driver => !driver.Completion.IsCompleted).Select(driver => driver.Node.Node))
            .SelectMany(node => GraphOrder.Downstream(node).Append(node))
            .ToHashSet();
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

    private static IEnumerable<Segment> SegmentsOf(Run run, HashSet<Node> nodes) =>
        run.Segments.Where(segment => segment.Nodes.Exists(node => nodes.Contains(node.Node)));

    private static async Task DrainAsync(Segment segment, HashSet<Node> open)
    {
        if (!open.Contains(segment.Head.Node))
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
