namespace Streamz.Dataflow.Dashboard;

/// <summary>How a node is. Shares are between 0 and 1, and are those of the time since the reading before.</summary>
/// <param name="Id">The number of the node; unique in the process.</param>
/// <param name="Name">The name, or the text of the operator.</param>
/// <param name="Label">The text of the operator.</param>
/// <param name="Kind">What kind of work it does: <c>source</c>, <c>elementwise</c>, <c>sink</c>, and others.</param>
public sealed record NodeStatus(int Id, string Name, string Label, string Kind)
{
    /// <summary>Elements that came in; for a source, those it has accepted or produced.</summary>
    public long Received { get; init; }

    /// <summary>Elements that it has passed on.</summary>
    public long Sent { get; init; }

    /// <summary>Elements that came in, a second.</summary>
    public double ReceivedPerSecond { get; init; }

    /// <summary>Elements that it passed on, a second.</summary>
    public double SentPerSecond { get; init; }

    /// <summary>Elements that it failed on for good.</summary>
    public long Failed { get; init; }

    /// <summary>Attempts after the first.</summary>
    public long Retried { get; init; }

    /// <summary>Failed elements that went to a dead-letter queue.</summary>
    public long DeadLettered { get; init; }

    /// <summary>Elements that a policy or the operator dropped.</summary>
    public long Dropped { get; init; }

    /// <summary>Elements that were discarded when the pipeline stopped.</summary>
    public long Abandoned { get; init; }

    /// <summary>Elements that went on to no one, because the branch ends here without a sink.</summary>
    public long Discarded { get; init; }

    /// <summary>Elements that take places of its queue.</summary>
    public int Queued { get; init; }

    /// <summary>Places of its queue; 0 if it has none of its own.</summary>
    public int Capacity { get; init; }

    /// <summary>Senders that wait for a place in its queue.</summary>
    public int Waiting { get; init; }

    /// <summary>How many elements it works on at once.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>The number of the node whose block does the work of this one too, if that is another; the shares of its time are those of that node.</summary>
    public int? SharesBlockOf { get; init; }

    /// <summary>The share of the time that it worked on elements; <see langword="null"/> if that is not known yet.</summary>
    public double? Busy { get; init; }

    /// <summary>The share of the time that it waited for places downstream.</summary>
    public double? HeldBack { get; init; }

    /// <summary>The share of the time that it waited for the clock.</summary>
    public double? Timed { get; init; }

    /// <summary>Whether it holds back what is in front of it: it works (or waits for the clock) nearly all the time while that waits.</summary>
    public bool IsBottleneck { get; init; }

    /// <summary>Whether an edit has paused it.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Whether it is over.</summary>
    public bool HasEnded { get; init; }
}
