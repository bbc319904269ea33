using Streamz.Dataflow.Runtime;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Compilation;

/// <summary>How an edit makes nodes begin a segment of their own.</summary>
internal sealed partial class RunEditor
{
    /// <summary>Makes a node, which is fused with those before it, the head of a segment of its own, together with what is fused behind it.</summary>
    private void Split(NodeRun head, Standing stands)
    {
        var before = head.Segment;
        var moved = new List<NodeRun> { head };
        for (var i = 0; i < moved.Count; i++)
        {
            moved.AddRange(moved[i].Outputs.Where(edge => edge.Target is not (null or IPortEdge)).Select(edge => edge.To));
        }

        AddParts(1);
        var segment = new Segment(_run, NextNumber());
        before.Give([.. before.Nodes.Where(moved.Contains)], segment);
        var port = RunBuilder.MakePort(new PortAddress(head, 0, Planner.PlacesOf(head.Node, _run.Options)));
        port.OpenEdges = 1;
        _run.Segments.Add(segment);
        var entry = head.Inputs[0];
        Replace(entry, RunBuilder.MakeEdge(entry.From, port));
        foreach (var edge in moved.SelectMany(node => node.Outputs))
        {
            if (edge.Target is IPortEdge leaving)
            {
                Replace(edge, leaving.For(segment.Flow));
            }
        }

        before.Reseal();
        segment.Reseal();

        // As the one that it was part of; and released, it sees what that has left it to do.
        _ = stands.Stand(segment);
    }

    private static void Replace(RunEdge edge, Inlet target)
    {
        edge.From.Stage.Outlet!.Replace(edge.Target!, target);
        edge.Target = target;
    }

    /// <summary>Gives a segment to a source that has put its elements straight into the port of its one consumer.</summary>
    private void GiveSegment(NodeRun source)
    {
        var edge = source.Outputs[0];
        var next = RunBuilder.FindPort(edge.To, edge.Input)!;
        AddParts(1);
        if (!next.TryAddEdge())
        {
            _run.PartIsOver();
            throw new PipelineValidationException([$"'{edge.To.NodeName}' has ended."]);
        }

        var segment = new Segment(_run, NextNumber());
        segment.Nodes.Add(source);
        source.Segment = segment;
        var port = RunBuilder.MakePort(new PortAddress(source, 0, Planner.PlacesOf(source.Node, _run.Options)));
        port.OpenEdges = 1;
        _run.Segments.Add(segment);
        edge.Target = RunBuilder.MakeEdge(source, next);
        source.Stage.Outlet!.Connect(edge.Target);
        segment.Reseal();
        _run.Ingresses.Find(ingress => ingress.Node == source)?.MoveTo(port);
        _run.Drivers.Find(driver => driver.Node == source)?.MoveTo(port);
    }

    private int NextNumber() => _run.Segments.Max(each => each.Number) + 1;
}
