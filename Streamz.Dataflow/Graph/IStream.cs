using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>A place in a graph: a stream or a sink.</summary>
public interface IStream
{
    /// <summary>The node behind the handle.</summary>
    Node Node { get; }
}
