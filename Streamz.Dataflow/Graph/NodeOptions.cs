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

    /// <summary>
    /// How long the node's asynchronous delegate may work on one element. When the time has passed, by the clock of the pipeline, the
    /// <see cref="CancellationToken"/> that the delegate was given is cancelled; a delegate that ends by that fails the element with a
    /// <see cref="TimeoutException"/>, which meets the node's error policy. The pipeline waits until the delegate has ended, however long
    /// it ignores its token, so that two calls never overlap. Waiting for downstream does not count.
    /// </summary>
    /// <value>
    /// More than zero, at most 49 days. The default is <see langword="null"/>: no limit. Refused where the operator is written if the node has no delegate
    /// that takes a <see cref="CancellationToken"/>, or if the time of its delegate is not that of one element, as in a <c>Flatten</c> of asynchronous
    /// sequences or between <c>Scatter</c> and <c>Gather</c>.
    /// </value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What happens when the node fails on an element.</summary>
    /// <value>The default is <see langword="null"/>: the policy of the pipeline applies.</value>
    public ErrorPolicy? OnError { get; init; }
}
