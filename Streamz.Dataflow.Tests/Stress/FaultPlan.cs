using System.Collections.Concurrent;

namespace Streamz.Dataflow.Tests.Stress;

internal enum FaultKind
{
    None,
    Exception,
    Cancellation,
    NullTask,
}

/// <summary>Where and how the delegates of a round fail.</summary>
internal sealed class FaultPlan(FaultKind kind, bool skips, int node, uint everyNth)
{
    public const string Message = "planned fault";

    public FaultKind Kind { get; } = kind;

    /// <summary>Whether a failure only skips its element.</summary>
    public bool Skips { get; } = skips;

    /// <summary>The elements that a delegate failed on.</summary>
    public ConcurrentDictionary<Item, bool> Failed { get; } = new();

    /// <summary>Fails if it is the turn of this element at this node.</summary>
    /// <param name="at">The number of the node.</param>
    /// <param name="item">The element.</param>
    /// <returns>Whether the delegate is to return a null task.</returns>
    public bool Visit(int at, Item item)
    {
        if (Kind == FaultKind.None || at != node || item.Mix(at) % everyNth != 0)
        {
            return false;
        }

        Failed.TryAdd(item with { Laps = 0 }, true);
        return Kind switch
        {
            FaultKind.Exception => throw new InvalidOperationException(Message),
            FaultKind.Cancellation => throw new OperationCanceledException(Message),
            _ => true,
        };
    }

    public override string ToString() => Kind == FaultKind.None ? "no fault" : $"{Kind} at node {node}, one in {everyNth}, {(Skips ? "skipped" : "stops")}";
}
