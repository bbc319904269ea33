using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>A connection between two nodes of a run, as it is now: the graph that it was made from may be changing.</summary>
/// <param name="from">The node upstream.</param>
/// <param name="to">The node downstream.</param>
/// <param name="input">The input of the node downstream, as its ports know it.</param>
/// <param name="definition">The edge of the graph.</param>
internal sealed class RunEdge(NodeRun from, NodeRun to, int input, Edge definition)
{
    public NodeRun From { get; } = from;

    public NodeRun To { get; } = to;

    public int Input { get; } = input;

    public Edge Definition { get; } = definition;

    /// <summary>Whether failed elements take it, to a dead-letter queue: nobody works for its sake.</summary>
    public bool IsDeadLetters => Definition.IsDeadLetters;

    /// <summary>What the node upstream pushes to; null for dead letters, which are put by whoever fails, and for a source whose elements go straight into the port.</summary>
    public Inlet? Target { get; set; }

    /// <summary>Adds the edge to its nodes.</summary>
    public void Add()
    {
        From.Outputs.Add(this);
        To.Inputs.Add(this);
    }

    /// <summary>Takes the edge from its nodes.</summary>
    public void Remove()
    {
        From.Outputs.RemoveAll(edge => edge == this);
        To.Inputs.RemoveAll(edge => edge == this);
    }
}
