using System.Globalization;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow;

/// <summary>Draws graphs: as text, DOT, Mermaid and SVG. No program has to be installed for it.</summary>
public static class GraphVisualization
{
    /// <summary>Draws the graph into a file, in the format of its extension.</summary>
    /// <param name="stream">Any handle of the graph.</param>
    /// <param name="path">The path of the file: <c>.svg</c>, <c>.dot</c>, <c>.gv</c>, <c>.mmd</c> (Mermaid) or <c>.txt</c>. It is overwritten.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty, or has another extension.</exception>
    public static void Visualize(this IStream stream, string path)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var extension = Path.GetExtension(path).ToUpperInvariant();
        File.WriteAllText(path, extension switch
        {
            ".SVG" => stream.ToSvg(),
            ".DOT" or ".GV" => stream.ToDot(),
            ".MMD" => stream.ToMermaid(),
            ".TXT" => stream.ToText(),
            _ => throw new ArgumentException($"'{path}' ends in '{Path.GetExtension(path)}', which is no format that a graph can be drawn in. Use .svg, .dot, .gv, .mmd or .txt.", nameof(path)),
        });
    }

    /// <summary>Draws the graph as text, for a terminal.</summary>
    /// <param name="stream">Any handle of the graph.</param>
    /// <returns>The drawing.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static string ToText(this IStream stream) => TextRenderer.Render(Draw(stream));

    /// <summary>Draws the graph in the language of Graphviz.</summary>
    /// <param name="stream">Any handle of the graph.</param>
    /// <returns>The drawing.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static string ToDot(this IStream stream) => DotRenderer.Render(Draw(stream));

    /// <summary>Draws the graph in the language of Mermaid.</summary>
    /// <param name="stream">Any handle of the graph.</param>
    /// <returns>The drawing.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static string ToMermaid(this IStream stream) => MermaidRenderer.Render(Draw(stream));

    /// <summary>Draws the graph as a stand-alone SVG picture.</summary>
    /// <param name="stream">Any handle of the graph.</param>
    /// <returns>The picture.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static string ToSvg(this IStream stream) => SvgRenderer.Render(Draw(stream));

    private static GraphDrawing Draw(IStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Topology.Read(() => Draw(Topology.Component(stream.Node)));
    }

    /// <summary>Describes the picture of nodes and of the edges between them. The identity of a node in it is its position in the list.</summary>
    internal static GraphDrawing Draw(IReadOnlyList<Node> nodes)
    {
        var numbers = nodes.Select((node, number) => (node, number)).ToDictionary(pair => pair.node, pair => pair.number);
        var edges = nodes.SelectMany(node => node.Outputs.Select((edge, order) => new DrawingEdge(
            numbers[edge.From],
            numbers[edge.To],
            node.Outputs.Count > 1 ? order.ToString(CultureInfo.InvariantCulture) : null,
            edge.Feedback is not null)))
            .Concat(nodes.SelectMany(node => node.Letters).Select(edge => new DrawingEdge(numbers[edge.From], numbers[edge.To], "dead letters", IsFeedback: false, IsDeadLetters: true)));
        return new GraphDrawing(
            null,
            [.. nodes.Select(node => new DrawingNode(numbers[node], node.Label, node.Name, Shape(node.Kind)))],
            [.. edges],
            DrawingDirection.LeftToRight);
    }

    private static NodeShape Shape(NodeKind kind) => kind switch
    {
        NodeKind.Source => NodeShape.DoubleOctagon,
        NodeKind.Sink => NodeShape.Trapezium,
        NodeKind.Stateful => NodeShape.Box,
        NodeKind.Timing => NodeShape.Octagon,
        NodeKind.Batching => NodeShape.Diamond,
        NodeKind.Join => NodeShape.Triangle,
        _ => NodeShape.Ellipse,
    };
}
