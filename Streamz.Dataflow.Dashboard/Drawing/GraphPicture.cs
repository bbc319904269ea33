using System.Globalization;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Dashboard.Drawing;

/// <summary>The places and outlines of a graph, as the core lays it out. Made anew only when the graph has changed.</summary>
internal sealed class GraphPicture
{
    /// <summary>The layout keeps so much room for a rate.</summary>
    private const string WidestRate = "888k/s";

    private readonly string _signature;

    private GraphPicture(string signature, LayoutResult layout, IReadOnlyList<Node> nodes)
    {
        _signature = signature;
        (Width, Height) = (layout.Width, layout.Height);
        Nodes = [.. layout.Nodes.Select(node => PictureNode.Of(node, nodes[node.Node.Id].Id))];
        Edges = [.. layout.Edges.Select(edge => PictureEdge.Of(edge, nodes[edge.Edge.From].Id, nodes[edge.Edge.To].Id))];
    }

    public double Width { get; }

    public double Height { get; }

    public IReadOnlyList<PictureNode> Nodes { get; }

    public IReadOnlyList<PictureEdge> Edges { get; }

    /// <summary>Lays out a graph.</summary>
    public static GraphPicture Of(IReadOnlyList<Node> nodes)
    {
        var (drawing, signature) = Topology.Read(() => (GraphVisualization.Draw(nodes), SignatureOf(nodes)));

        // The order of branches makes room for their rates.
        var rates = drawing with { Edges = [.. drawing.Edges.Select(edge => edge with { Label = WidestRate })] };
        return new GraphPicture(signature, GraphLayout.Compute(rates), nodes);
    }

    /// <summary>Whether these nodes, and the edges between them, are as they were.</summary>
    public bool Shows(IReadOnlyList<Node> nodes) => Topology.Read(() => SignatureOf(nodes)) == _signature;

    private static string SignatureOf(IReadOnlyList<Node> nodes) => string.Join('\n', nodes.Select(node => string.Create(
        CultureInfo.InvariantCulture,
        $"{node.Id}:{node.Name}:{node.Label}:{string.Join(',', node.Outputs.Concat(node.Letters).Select(edge => edge.To.Id))}")));
}
