using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Tests.Runtime.Editing;

/// <summary>Finds neighbours of a stream in its graph.</summary>
internal static class GraphWalking
{
    public static IStream Downstream(this IStream stream, string label) =>
        new Handle(stream.Node.Outputs.Single(edge => edge.To.Label == label).To);

    public static IStream Upstream(this IStream stream) => new Handle(stream.Node.Inputs.Single().From);

    private sealed class Handle(Node node) : IStream
    {
        public Node Node { get; } = node;
    }
}
