using System.Globalization;
using System.Text;

namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Writes a graph in the language of Graphviz.</summary>
internal static class DotRenderer
{
    private const string FeedbackColour = "#c9291f";

    /// <summary>Writes a graph.</summary>
    /// <param name="drawing">The graph.</param>
    /// <returns>A DOT document.</returns>
    internal static string Render(GraphDrawing drawing)
    {
        var builder = new StringBuilder("digraph pipeline {\n");
        var direction = drawing.Direction == DrawingDirection.LeftToRight ? "LR" : "TB";
        builder.Append(CultureInfo.InvariantCulture, $"  rankdir={direction};\n");
        var title = LabelText.Clean(drawing.Title);
        if (title.Length > 0)
        {
            builder.Append(CultureInfo.InvariantCulture, $"  label={Quote(title)};\n  labelloc=t;\n");
        }

        builder.Append("  node [fontname=\"sans-serif\", style=filled];\n");
        builder.Append("  edge [fontname=\"sans-serif\"];\n");
        var written = new HashSet<int>();
        foreach (var node in drawing.Nodes)
        {
            // A second statement for the same identity would silently overwrite the first.
            if (written.Add(node.Id))
            {
                AppendNode(builder, node);
            }
        }

        foreach (var edge in new DrawingIndex(drawing).Edges)
        {
            AppendEdge(builder, edge.Edge);
        }

        return builder.Append("}\n").ToString();
    }

    private static void AppendNode(StringBuilder builder, DrawingNode node)
    {
        var look = SvgTheme.LookOf(node.Shape);
        var lines = new[] { LabelText.Clean(node.Name), LabelText.Clean(node.Label) }.Where(line => line.Length > 0);
        var label = "\"" + string.Join("\\n", lines.Select(Escape)) + "\"";
        builder.Append(
            CultureInfo.InvariantCulture,
            $"  {Identifier(node.Id)} [label={label}, shape={ShapeName(node.Shape)}, fillcolor=\"{look.Fill}\", color=\"{look.Stroke}\"];\n");
    }

    private static void AppendEdge(StringBuilder builder, DrawingEdge edge)
    {
        var attributes = new List<string>();
        var label = LabelText.Clean(edge.Label);
        if (label.Length > 0)
        {
            attributes.Add("label=" + Quote(label));
        }

        if (edge.IsFeedback)
        {
            attributes.Add($"style=dashed, constraint=false, color=\"{FeedbackColour}\"");
        }

        if (edge.IsDeadLetters)
        {
            attributes.Add("style=dashed");
        }

        builder.Append(CultureInfo.InvariantCulture, $"  {Identifier(edge.From)} -> {Identifier(edge.To)}");
        if (attributes.Count > 0)
        {
            builder.Append(" [").AppendJoin(", ", attributes).Append(']');
        }

        builder.Append(";\n");
    }

    private static string Identifier(int id) => string.Create(CultureInfo.InvariantCulture, $"\"n{id}\"");

    private static string Quote(string text) => "\"" + Escape(text) + "\"";

    // Graphviz reads backslash sequences and character entities in labels, so both must be taken literally.
    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("&", "&amp;", StringComparison.Ordinal);

    private static string ShapeName(NodeShape shape) => shape switch
    {
        NodeShape.DoubleOctagon => "doubleoctagon",
        NodeShape.Trapezium => "trapezium",
        NodeShape.Box => "box",
        NodeShape.Octagon => "octagon",
        NodeShape.Diamond => "diamond",
        NodeShape.Triangle => "triangle",
        _ => "ellipse",
    };
}
