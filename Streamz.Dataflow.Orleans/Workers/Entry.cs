using Streamz.Dataflow.Orleans.Values;
using Streamz.Dataflow.Orleans.Wire;

namespace Streamz.Dataflow.Orleans.Workers;

/// <summary>How far a value is.</summary>
internal enum EntryState
{
    /// <summary>What it is made of is not there yet.</summary>
    Waiting,

    /// <summary>Its function can run.</summary>
    Queued,

    /// <summary>Its function runs.</summary>
    Running,

    /// <summary>It is there, or has failed.</summary>
    Done,

    /// <summary>Nobody names it any more.</summary>
    Removed,
}

/// <summary>
/// A value of one coordinator on a worker, there or to be. All members belong to the gate of the session, except that the thread that runs the function
/// reads the inputs, which are done by then and change no more.
/// </summary>
internal sealed class Entry(WorkerSession session, long id, OperationKind kind)
{
    private Cell? _value;

    public WorkerSession Session { get; } = session;

    public long Id { get; } = id;

    public OperationKind Kind { get; } = kind;

    public EntryState State { get; set; }

    /// <summary>What makes the value; null for one that was brought.</summary>
    public FunctionSlot? Function { get; init; }

    public int Index { get; init; }

    public string? TraceParent { get; init; }

    /// <summary>What the value is made of; given back when it is there.</summary>
    public Entry[] Inputs { get; set; } = [];

    /// <summary>How many inputs are not there yet.</summary>
    public int Pending { get; set; }

    /// <summary>How many entries that are not there yet are made of this one.</summary>
    public int Holds { get; set; }

    /// <summary>Whether the coordinator names the value no more; always so for a copy of what another worker has.</summary>
    public bool IsReleased { get; set; }

    public bool IsWanted { get; set; }

    public bool IsReported { get; init; }

    /// <summary>The entries that wait for this one.</summary>
    public List<Entry>? Dependents { get; set; }

    public Failure? Failure { get; set; }

    /// <summary>Other workers that wait for this one.</summary>
    public TaskCompletionSource? Waiters { get; set; }

    /// <summary>Calls off the function while it runs.</summary>
    public CancellationTokenSource? Cancellation { get; set; }

    /// <summary>How many bytes were counted for the value.</summary>
    public long Size { get; private set; }

    public Cell? Value
    {
        get => _value;
        set
        {
            _value = value;
            Size = value?.Size ?? 0;
        }
    }

    /// <summary>The value of an input, for the function. Several functions may read one input at once, and then read bytes each for itself.</summary>
    public T Read<T>(ValueSerializer serializer) => Cell.Read<T>(ref _value!, serializer);
}

/// <summary>A function of a coordinator on a worker.</summary>
/// <param name="Name">The text that errors name it by.</param>
/// <param name="Invoker">Calls it; null if it was refused.</param>
/// <param name="Refusal">Why it was refused.</param>
internal sealed record FunctionSlot(string Name, Invoker? Invoker, Exception? Refusal);
