namespace Streamz.Dataflow.Runtime;

/// <summary>A connection between two nodes of a run, as it is now: the graph that it was made from may be changing.</summary>
/// <param name="From">The node upstream.</param>
/// <param name="To">The node downstream.</param>
/// <param name="Input">The input of the node downstream, as its ports know it.</param>
internal sealed record RunEdge(NodeRun From, NodeRun To, int Input);
