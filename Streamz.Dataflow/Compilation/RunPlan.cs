using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Runtime;

namespace Streamz.Dataflow.Compilation;

/// <summary>The plan of a run as it is now, edits included.</summary>
internal static class RunPlan
{
    public static Plan Of(Run run)
    {
        var nodes = run.Nodes.Where(node => !node.IsLeaving).ToList();
        return new Plan(
            run.Options,
            GraphOrder.Of([.. nodes.Select(node => node.Node)]),
            [.. run.Segments.Where(segment => !segment.Head.IsLeaving).Select(PlanOf)],
            [.. nodes.Where(node => node.Segment is null).Select(node => node.Node)],
            [.. run.Loops.Select(loop => loop.Members.Select(member => member.Node).ToList())]);
    }

    private static PlannedSegment PlanOf(Segment segment) => new(
        segment.Number,
        segment.Ports.First(port => !port.IsInternal && port.Feedback is null).Places,
        [.. segment.Nodes.Select(node => node.Node)]);
}
