using Streamz.Dataflow.Orleans.Values;

namespace Streamz.Dataflow.Orleans.Functions;

/// <summary>Makes functions of references, on the worker. What it does not know for what a client of the same build packs, it refuses.</summary>
/// <param name="values">Reads what functions capture.</param>
/// <param name="trusted">The assemblies whose methods may be run.</param>
internal sealed class FunctionResolver(ValueSerializer values, TrustedAssemblies trusted)
{
    /// <param name="reference">What <see cref="FunctionPacker"/> has made, or what somebody has sent in its place.</param>
    /// <returns>The function, of the type of delegate that it had on the client.</returns>
    /// <exception cref="FunctionRefusedException">The function is not run here; the message says why. Nothing else is thrown.</exception>
    public Delegate Resolve(FunctionReference reference)
    {
        try
        {
            return new FunctionResolving(values, trusted).Resolve(reference, 0);
        }
        catch (Exception failure) when (failure is not FunctionRefusedException)
        {
            throw new FunctionRefusedException($"{FunctionResolving.NameOf(reference)}: it cannot be made again here. {failure.Message}", failure);
        }
    }
}
