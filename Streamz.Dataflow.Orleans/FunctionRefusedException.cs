using Orleans;

namespace Streamz.Dataflow;

/// <summary>A worker does not run a function: it is of no trusted assembly, of another build of it, or not what a client packs.</summary>
/// <remarks>The message names the function and the reason.</remarks>
[GenerateSerializer]
[Alias("streamz.function-refused")]
public sealed class FunctionRefusedException : Exception
{
    internal FunctionRefusedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
