using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Compilation;

/// <summary>What the compiler makes of a graph: which nodes share a segment, and how many places each segment has.</summary>
internal sealed class Plan(
    StreamOptions options,
    IReadOnlyList<Node> order,
    IReadOnlyList<PlannedSegment> segments,
    IReadOnlyList<Node> elidedSources,
    IReadOnlyList<IReadOnlyList<Node>> loops)
{
    public StreamOptions Options { get; } = options;

    /// <summary>The nodes, each after its upstreams.</summary>
    public IReadOnlyList<Node> Order { get; } = order;

    public IReadOnlyList<PlannedSegment> Segments { get; } = segments;

    /// <summary>Sources that feed one segment directly and need none of their own.</summary>
    public IReadOnlyList<Node> ElidedSources { get; } = elidedSources;

    public IReadOnlyList<IReadOnlyList<Node>> Loops { get; } = loops;

    /// <summary>The nodes whose elements go nowhere.</summary>
    public IEnumerable<Node> OpenEnds => Order.Where(node => node.OutputType is not null && node.Outputs.Count == 0);
}

/// <summary>A run of nodes that one block executes.</summary>
/// <param name="Number">The number of the segment, in graph order.</param>
/// <param name="Places">How many elements each of its inputs may hold.</param>
/// <param name="Nodes">The nodes in graph order, the head first.</param>
internal sealed record PlannedSegment(int Number, int Places, List<Node> Nodes)
{
    public Node Head => Nodes[0];
}
