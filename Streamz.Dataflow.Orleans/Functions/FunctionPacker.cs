using Streamz.Dataflow.Orleans.Values;

namespace Streamz.Dataflow.Orleans.Functions;

/// <summary>Makes of a function what can travel, on the client, when the pipeline is built: what cannot is refused there, and not in the run.</summary>
/// <remarks>What a function captures is copied now: what becomes of the variables afterwards is not seen by workers.</remarks>
/// <param name="values">Serialises what is captured.</param>
/// <param name="maxBytes">How much a function may capture.</param>
internal sealed class FunctionPacker(ValueSerializer values, int maxBytes)
{
    /// <param name="function">The function.</param>
    /// <param name="name">What it is the function of, for the message.</param>
    /// <returns>The reference that <see cref="FunctionResolver"/> takes.</returns>
    /// <exception cref="ArgumentException">The function cannot travel; the message says why, and what to do.</exception>
    public FunctionReference Pack(Delegate function, string name) => new FunctionPacking(values, maxBytes, name).Pack(function);
}
