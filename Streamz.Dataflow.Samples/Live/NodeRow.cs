namespace Streamz.Dataflow.Samples.Live;

/// <summary>A line of the drawing, and the counts of the node that it draws; none where it only refers to a node.</summary>
internal sealed record NodeRow(string Drawing, NodeSnapshot? Node, double Rate);
