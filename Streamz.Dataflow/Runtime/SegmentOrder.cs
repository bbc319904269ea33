namespace Streamz.Dataflow.Runtime;

/// <summary>The segments of a run such that each comes after those that push into it, feedback aside.</summary>
internal static class SegmentOrder
{
    /// <summary>Puts the segments in order.</summary>
    public static List<Segment> Of(Run run) =>
        Sort(run.Segments, segment => segment.Nodes.SelectMany(node => node.Outputs).Where(edge => edge.Definition.Feedback is null).Select(edge => edge.To.Segment));

    /// <summary>Puts the segments in order, those of a loop together: behind all that feeds any of them, and before all that any of them feeds.</summary>
    public static List<List<Segment>> WithLoops(Run run)
    {
        var parts = new Dictionary<Segment, List<Segment>>();
        var loops = new Dictionary<LoopRun, List<Segment>>();
        foreach (var segment in Of(run))
        {
            if (segment.Loop is not { } loop)
            {
                parts.Add(segment, [segment]);
                continue;
            }

            if (!loops.TryGetValue(loop, out var members))
            {
                loops.Add(loop, members = []);
            }

            members.Add(segment);
            parts.Add(segment, members);
        }

        return Sort(
            parts.Values.Distinct(),
            part => part.SelectMany(segment => segment.Nodes).SelectMany(node => node.Outputs).Select(edge => parts[edge.To.Segment]));
    }

    private static List<T> Sort<T>(IEnumerable<T> items, Func<T, IEnumerable<T>> next)
        where T : class
    {
        var order = new List<T>();
        var seen = new HashSet<T>();
        foreach (var item in items)
        {
            // Depth first with a stack of its own: chains may be long.
            var open = new Stack<(T Item, bool IsLeft)>([(item, false)]);
            while (open.TryPop(out var visit))
            {
                if (visit.IsLeft)
                {
                    order.Add(visit.Item);
                }
                else if (seen.Add(visit.Item))
                {
                    open.Push((visit.Item, true));
                    foreach (var target in next(visit.Item))
                    {
                        open.Push((target, false));
                    }
                }
            }
        }

        order.Reverse();
        return order;
    }
}
