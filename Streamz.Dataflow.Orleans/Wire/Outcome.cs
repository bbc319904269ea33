using Orleans;
using Streamz.Dataflow.Orleans.Values;
using Streamz.Dataflow.Orleans.Workers;

namespace Streamz.Dataflow.Orleans.Wire;

/// <summary>What became of a value.</summary>
[GenerateSerializer]
[Alias("streamz.outcome")]
internal sealed class Outcome
{
    /// <summary>The value.</summary>
    [Id(0)]
    public required long Id { get; init; }

    /// <summary>The value itself, if it was wanted.</summary>
    [Id(1)]
    public byte[]? Bytes { get; init; }

    /// <summary>Why there is no value, if there is none.</summary>
    [Id(2)]
    public Failure? Failure { get; init; }

    /// <summary>Instead of the bytes: the value itself, in the same process.</summary>
    [field: NonSerialized]
    public Cell? Cell { get; init; }

    /// <summary>The value as it is here; null if it was only reported that it is there, or has failed.</summary>
    public Cell? Value => Cell ?? (Bytes is null ? null : new BytesCell(Bytes));

    /// <summary>About how many bytes the outcome is on the wire.</summary>
    public long Size => 64 + (Bytes?.Length ?? 0) + (Failure?.Exception?.Length ?? 0);
}

/// <summary>Why a function has no result.</summary>
[GenerateSerializer]
[Alias("streamz.failure")]
internal sealed class Failure
{
    /// <summary>The text of the function.</summary>
    [Id(0)]
    public required string Function { get; init; }

    /// <summary>The name of the worker.</summary>
    [Id(1)]
    public required string Worker { get; init; }

    /// <summary>What the function threw, as bytes of its own: one exception that cannot be read must not cost a whole message.</summary>
    [Id(2)]
    public byte[]? Exception { get; init; }

    /// <summary>Instead of the bytes: the exception itself, in the same process.</summary>
    [field: NonSerialized]
    public Exception? Thrown { get; init; }

    /// <summary>The exception for who gathers the value.</summary>
    public ClusterTaskException ToException(FailureSerializer serializer)
    {
        try
        {
            return new ClusterTaskException(Function, Worker, Thrown ?? serializer.Read(Exception ?? []));
        }
        catch (Exception unreadable)
        {
            // The message of an exception is code of the user's, too.
            return new ClusterTaskException(Function, Worker, new InvalidOperationException($"What it threw cannot be read: {unreadable.GetType()}."));
        }
    }

    /// <summary>The same failure as it can leave the process.</summary>
    public Failure ToWire(FailureSerializer serializer) =>
        Thrown is null ? this : new Failure { Function = Function, Worker = Worker, Exception = serializer.Write(Thrown) };
}
