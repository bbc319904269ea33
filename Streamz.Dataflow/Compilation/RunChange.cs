using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Compilation;

/// <summary>What an edit changes of a run, found out from what it has changed of the graph.</summary>
internal sealed class RunChange
{
    /// <summary>The nodes that are new.</summary>
    public required IReadOnlyList<Node> New { get; init; }

    /// <summary>The nodes that nothing feeds any more.</summary>
    public required IReadOnlySet<Node> Leaving { get; init; }

    /// <summary>The edges that are new, but for those between new nodes.</summary>
    public required IReadOnlyList<Edge> Added { get; init; }

    /// <summary>The edges out of nodes that stay that are gone.</summary>
    public required IReadOnlyList<Edge> Removed { get; init; }

    /// <summary>What is set anew.</summary>
    public required EditSettings Settings { get; init; }

    /// <summary>The nodes whose outputs change.</summary>
    public IEnumerable<Node> TouchedOutputs => Added.Concat(Removed).Select(edge => edge.From);

    /// <summary>The nodes that must begin a segment, because what comes in there changes.</summary>
    public IEnumerable<Node> TouchedInputs => Added.Concat(Removed).Select(edge => edge.To).Concat(Settings.HeadNodes);
}
