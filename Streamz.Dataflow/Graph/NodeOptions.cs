namespace Streamz.Dataflow;

/// <summary>What can be said of any node where its operator is written.</summary>
public sealed record NodeOptions
{
    /// <summary>The name that drawings, errors and metrics use; unique in its graph.</summary>
    /// <value>The default is <see langword="null"/>: the node is called after its operator.</value>
    public string? Name { get; init; }

    /// <summary>
    /// How many elements the node may hold at once, waiting and at work. Stating it gives the node an input queue of its own.
    /// </summary>
    /// <value>One or more, in elements. The default is <see langword="null"/>: the compiler decides.</value>
    public int? Capacity { get; init; }

    /// <summary>What happens when the node fails on an element.</summary>
    /// <value>The default is <see langword="null"/>: the policy of the pipeline applies.</value>
    public ErrorPolicy? OnError { get; init; }
}
