using Orleans;

namespace Streamz.Dataflow.Orleans.Functions;

/// <summary>What travels of a function: which method it is, in which build of its assembly, and the values that it captures. Never code.</summary>
[GenerateSerializer]
[Immutable]
[Alias("streamz.function")]
internal sealed class FunctionReference
{
    /// <summary>The simple name of the assembly of the method.</summary>
    [Id(0)]
    public string Assembly { get; set; } = "";

    /// <summary>The build of the assembly: in another one the token is of another method.</summary>
    [Id(1)]
    public Guid Mvid { get; set; }

    /// <summary>The token of the definition of the method.</summary>
    [Id(2)]
    public int Token { get; set; }

    /// <summary>The type arguments of the type that declares the method, those of outer types first.</summary>
    [Id(3)]
    public TypeReference[] TypeArguments { get; set; } = [];

    /// <summary>The type arguments of the method.</summary>
    [Id(4)]
    public TypeReference[] MethodArguments { get; set; } = [];

    /// <summary>The type of the delegate.</summary>
    [Id(5)]
    public TypeReference Delegate { get; set; } = new();

    /// <summary>What the method is called on; null for a static method and for a lambda that captures nothing.</summary>
    [Id(6)]
    public TargetReference? Target { get; set; }

    /// <summary>The method as people know it, for messages.</summary>
    [Id(7)]
    public string Display { get; set; } = "";

    /// <summary>How much there is of what it captures. Only the sender is told.</summary>
    [field: NonSerialized]
    public long CapturedBytes { get; set; }
}
