using Orleans;

namespace Streamz.Dataflow.Orleans.Functions;

/// <summary>What a function is called on: a value, or the closure of a lambda, field by field.</summary>
/// <remarks>
/// Its type is not sent: it is the one that declares the method or the field. A closure that is met again is the same object again, also
/// on the wire, so that lambdas that share one, or are held by their own, stay what they are.
/// </remarks>
[GenerateSerializer]
[Immutable]
[Alias("streamz.function.target")]
internal sealed class TargetReference
{
    /// <summary>The value, serialised; null for a closure.</summary>
    [Id(0)]
    public byte[]? Value { get; set; }

    /// <summary>The fields of a closure that are used.</summary>
    [Id(1)]
    public CapturedField[] Fields { get; set; } = [];
}

/// <summary>A field of a closure; all of its values are null for a closure or a function that was null.</summary>
[GenerateSerializer]
[Immutable]
[Alias("streamz.function.captured")]
internal sealed class CapturedField
{
    [Id(0)]
    public string Name { get; set; } = "";

    /// <summary>The value, serialised by the type of the field.</summary>
    [Id(1)]
    public byte[]? Value { get; set; }

    /// <summary>The closure of an outer scope.</summary>
    [Id(2)]
    public TargetReference? Closure { get; set; }

    /// <summary>A captured function.</summary>
    [Id(3)]
    public FunctionReference? Function { get; set; }
}
