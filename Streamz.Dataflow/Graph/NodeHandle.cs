namespace Streamz.Dataflow.Graph;

/// <summary>A handle of a node whose type of elements is not known where it is used.</summary>
internal sealed record NodeHandle(Node Node) : IStream;
