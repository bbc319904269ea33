using Streamz.Dataflow.Orleans.Functions;
using Streamz.Dataflow.Orleans.Wire;
using Streamz.Dataflow.Orleans.Workers;

namespace Streamz.Dataflow.Orleans.Coordination;

/// <summary>
/// A value on the cluster as its coordinator knows it: how it is made, of what, and where. What it is made of is kept as long as it may have to be made again.
/// All members belong to the gate of the coordinator, but for the completion, which anybody may await.
/// </summary>
internal sealed class Computation(long id, OperationKind kind)
{
    /// <summary>Of two computations, the one that is made of the other has the higher number.</summary>
    public long Id { get; } = id;

    public OperationKind Kind { get; } = kind;

    public PreparedFunction? Function { get; init; }

    public int Index { get; init; }

    public string? TraceParent { get; init; }

    /// <summary>What it is made of; none as soon as the value is in this process.</summary>
    public Computation[] Inputs { get; set; } = [];

    /// <summary>The value, if this process has it: it was scattered, gathered or saved.</summary>
    public Cell? Root { get; set; }

    /// <summary>Why there is no value, if this process knows.</summary>
    public Exception? Error { get; set; }

    /// <summary>The worker that has the value or makes it; null if none does.</summary>
    public WorkerLink? Worker { get; set; }

    /// <summary>The number by which the worker knows the value. Each attempt has one of its own, so that what comes late from an earlier one is not mistaken.</summary>
    public long WireId { get; set; }

    /// <summary>Whether it is known to be there, or to have failed.</summary>
    public bool IsDone { get; set; }

    public bool IsWanted { get; set; }

    public bool IsReleased { get; set; }

    /// <summary>Whether the worker was told that the value is named no more, so that it may be gone there.</summary>
    public bool WasReleaseSent { get; set; }

    /// <summary>How many that are not there yet are made of this one on other workers, which may still have to fetch it.</summary>
    public int RemoteHolds { get; set; }

    /// <summary>The inputs that this one holds on other workers, until it is there.</summary>
    public List<Computation>? HeldInputs { get; set; }

    /// <summary>Whether it counts among those that its worker is awaited for.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Completes when the wanted value, or the reason why there is none, is in this process.</summary>
    public TaskCompletionSource? Completion { get; set; }

    /// <summary>Calls it off, as when the pipeline is aborted.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Whether the value is only wanted as a copy, so that not to get it is no failure.</summary>
    public bool IsOnlySaved { get; set; }

    /// <summary>Why there is no copy.</summary>
    public Exception? SaveError { get; set; }

    /// <summary>How many workers were lost while they had it to make.</summary>
    public int Losses { get; set; }

    /// <summary>Used within one recovery only.</summary>
    public bool IsLost { get; set; }

    public Computation? Previous { get; set; }

    public Computation? Next { get; set; }

    /// <summary>Whether this process knows the end of it.</summary>
    public bool IsSettled => Root is not null || Error is not null;
}

/// <summary>
/// A function as it travels: packed when the graph was built, and sent once to each worker. It lives as long as a graph or a computation has it; then workers may
/// forget it, with what it captures.
/// </summary>
internal sealed class PreparedFunction(Coordinator coordinator, int id, string name, FunctionReference reference)
{
    ~PreparedFunction() => coordinator.OnUnused(Id);

    /// <summary>Its number, the same on all workers.</summary>
    public int Id { get; } = id;

    /// <summary>The text that errors name it by.</summary>
    public string Name { get; } = name;

    /// <summary>What is sent.</summary>
    public FunctionReference Reference { get; } = reference;
}

/// <summary>A value on the cluster as pipelines have it.</summary>
/// <param name="coordinator">What has made it.</param>
/// <param name="computation">How it is made.</param>
internal sealed class RemoteValue<T>(Coordinator coordinator, Computation computation) : ClusterValue<T>
{
    public Coordinator Coordinator => coordinator;

    public Computation Computation => computation;

    public override void Release() => coordinator.Release(computation);
}
