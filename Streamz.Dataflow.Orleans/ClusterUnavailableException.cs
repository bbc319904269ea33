namespace Streamz.Dataflow;

/// <summary>A cluster has had no worker for longer than its coordinator waits.</summary>
public sealed class ClusterUnavailableException : Exception
{
    internal ClusterUnavailableException(string message)
        : base(message)
    {
    }
}
