using Orleans;
using Orleans.Runtime;
using Streamz.Dataflow.Orleans.Functions;
using Streamz.Dataflow.Orleans.Workers;

namespace Streamz.Dataflow.Orleans.Wire;

/// <summary>What an operation does.</summary>
internal enum OperationKind : byte
{
    /// <summary>Makes a function known, under its number.</summary>
    Define,

    /// <summary>Brings a value.</summary>
    Put,

    /// <summary>Has a function run on one value, or two.</summary>
    Run,

    /// <summary>Has a function run on an array of all the inputs.</summary>
    RunOnAll,

    /// <summary>Has a function run on one value and the index of the operation.</summary>
    RunAtIndex,

    /// <summary>Makes a value that is the first input, or the second if the first has failed.</summary>
    OrElse,

    /// <summary>Has the value reported when it is there.</summary>
    Want,

    /// <summary>The coordinator names the value no more.</summary>
    Release,

    /// <summary>A function that is to make the value, or runs, is called off: there will be no value.</summary>
    Cancel,

    /// <summary>A function will be named no more.</summary>
    Forget,
}

/// <summary>One thing that a worker is to do.</summary>
[GenerateSerializer]
[Alias("streamz.operation")]
internal sealed class Operation
{
    /// <summary>What to do.</summary>
    [Id(0)]
    public required OperationKind Kind { get; init; }

    /// <summary>The value that this is about, or the number of the function.</summary>
    [Id(1)]
    public required long Id { get; init; }

    /// <summary>The function to run.</summary>
    [Id(2)]
    public int Function { get; init; }

    /// <summary>The values to run it on.</summary>
    [Id(3)]
    public Input[] Inputs { get; init; } = [];

    /// <summary>The index, for <see cref="OperationKind.RunAtIndex"/>.</summary>
    [Id(4)]
    public int Index { get; init; }

    /// <summary>Whether the coordinator must be told when the value is there, though it does not want the value itself.</summary>
    [Id(5)]
    public bool IsReported { get; init; }

    /// <summary>The value, for <see cref="OperationKind.Put"/>.</summary>
    [Id(6)]
    public byte[]? Bytes { get; init; }

    /// <summary>The function, for <see cref="OperationKind.Define"/>.</summary>
    [Id(7)]
    public FunctionReference? Definition { get; init; }

    /// <summary>The text that errors name the function by, for <see cref="OperationKind.Define"/>.</summary>
    [Id(8)]
    public string? Name { get; init; }

    /// <summary>The trace that the element belongs to, as a traceparent; null if it belongs to none.</summary>
    [Id(9)]
    public string? TraceParent { get; init; }

    /// <summary>Instead of the bytes: the value itself, for a worker in the same process.</summary>
    [field: NonSerialized]
    public Cell? Cell { get; init; }

    /// <summary>About how many bytes the operation is on the wire.</summary>
    public long Size => 64 + (Bytes?.Length ?? 0) + (16 * Inputs.Length) + (Definition is null ? 0 : 512 + Definition.CapturedBytes);
}

/// <summary>A value that a function runs on.</summary>
/// <param name="Id">The value.</param>
/// <param name="Worker">The silo that has it; null for the one that runs the function.</param>
[GenerateSerializer]
[Alias("streamz.input")]
internal readonly record struct Input([property: Id(0)] long Id, [property: Id(1)] SiloAddress? Worker);
