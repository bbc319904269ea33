namespace Streamz.Dataflow.Testing;

/// <summary>What arrived at a probe is not what the test expects; the text says both.</summary>
public sealed class ProbeException : Exception
{
    internal ProbeException(string message)
        : base(message)
    {
    }
}
