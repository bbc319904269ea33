using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Compilation;

/// <summary>What an edit sets anew at nodes of the run.</summary>
internal sealed class EditSettings
{
    /// <summary>How many elements parallel nodes are to work on at once.</summary>
    public Dictionary<Node, int> Degrees { get; } = [];

    /// <summary>The nodes whose capacity is another.</summary>
    public HashSet<Node> Resized { get; } = [];

    /// <summary>The nodes that are to stop taking elements, or to go on.</summary>
    public Dictionary<Node, bool> Pauses { get; } = [];

    /// <summary>The time between two elements at nodes that keep a rate.</summary>
    public Dictionary<Node, TimeSpan> Rates { get; } = [];

    /// <summary>How many settings there are.</summary>
    public int Count => Degrees.Count + Resized.Count + Pauses.Count + Rates.Count;

    /// <summary>The nodes that must begin a segment for it.</summary>
    public IEnumerable<Node> HeadNodes => Degrees.Keys.Concat(Resized).Concat(Pauses.Keys);

    /// <summary>The nodes that something is set at.</summary>
    public IEnumerable<Node> Nodes => HeadNodes.Concat(Rates.Keys).Distinct();
}
