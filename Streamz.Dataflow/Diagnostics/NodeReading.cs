namespace Streamz.Dataflow.Diagnostics;

/// <summary>The counts of a node at one moment, or the sum of those of several runs.</summary>
internal readonly record struct NodeReading(
    string Node,
    string Kind,
    long Received,
    long Sent,
    long Dropped,
    long Failed,
    long Retried,
    long DeadLettered,
    long Abandoned,
    int Queued,
    int Capacity,
    int Waiting,
    BlockTimes? Times)
{
    /// <summary>Adds the counts of the same node in another run.</summary>
    public NodeReading Plus(in NodeReading other) => this with
    {
        Received = Received + other.Received,
        Sent = Sent + other.Sent,
        Dropped = Dropped + other.Dropped,
        Failed = Failed + other.Failed,
        Retried = Retried + other.Retried,
        DeadLettered = DeadLettered + other.DeadLettered,
        Abandoned = Abandoned + other.Abandoned,
        Queued = Queued + other.Queued,
        Capacity = Capacity + other.Capacity,
        Waiting = Waiting + other.Waiting,
        Times = Times is { } times && other.Times is { } more ? times.Plus(more) : Times ?? other.Times,
    };

    /// <summary>What of it still counts when the run is over.</summary>
    public NodeReading Ended() => this with { Queued = 0, Capacity = 0, Waiting = 0 };
}

/// <summary>What a block did with its time, in seconds.</summary>
/// <param name="Busy">With elements, awaiting user code included; of a parallel node, the share of its workers that were.</param>
/// <param name="Idle">Waiting for input.</param>
/// <param name="HeldBack">Waiting for places downstream.</param>
/// <param name="ByClock">Waiting for the clock, as a rate limit does.</param>
internal readonly record struct BlockTimes(double Busy, double Idle, double HeldBack, double ByClock)
{
    public BlockTimes Plus(in BlockTimes other) => new(Busy + other.Busy, Idle + other.Idle, HeldBack + other.HeldBack, ByClock + other.ByClock);
}
