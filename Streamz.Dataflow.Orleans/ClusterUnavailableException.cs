namespace Streamz.Dataflow;

/// <summary>A cluster has had no worker for longer than its coordinator waits.</summary>
/// <param name="message">What was waited for, and the cure.</param>
public sealed class ClusterUnavailableException(string message) : Exception(message);
