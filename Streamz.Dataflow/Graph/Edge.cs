namespace Streamz.Dataflow.Graph;

/// <summary>A connection from the output of one node to an input of another.</summary>
/// <param name="From">The node upstream.</param>
/// <param name="To">The node downstream.</param>
/// <param name="Input">The index of the input.</param>
/// <param name="Feedback">The bound of a feedback edge; <see langword="null"/> for an ordinary one.</param>
internal sealed record Edge(Node From, Node To, int Input, FeedbackOptions? Feedback)
{
    /// <summary>The index of the input; changes when an edge to a side before it is removed. Guarded by <see cref="Topology"/>.</summary>
    public int Input { get; set; } = Input;

    /// <summary>Whether failed elements take this edge, to a dead-letter queue.</summary>
    public bool IsDeadLetters { get; init; }

    /// <summary>Edges are told apart by identity: two nodes may be connected twice.</summary>
    public bool Equals(Edge? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>The bound of a feedback edge and what happens at it.</summary>
/// <param name="Capacity">How many elements may wait on the edge.</param>
/// <param name="WhenFull">What happens to one more.</param>
internal sealed record FeedbackOptions(int Capacity, FeedbackFullMode WhenFull);
