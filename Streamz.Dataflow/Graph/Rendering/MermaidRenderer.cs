using System.Globalization;
using System.Text;

namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Writes a graph as a Mermaid flowchart.</summary>
internal static class MermaidRenderer
{
    /// <summary>Writes a graph.</summary>
    /// <param name="drawing">The graph.</param>
    /// <returns>A Mermaid document.</returns>
    internal static string Render(GraphDrawing drawing)
    {
        var builder = new StringBuilder();
        var title = LabelText.Clean(drawing.Title);
        if (title.Length > 0)
        {
            builder.Append("---\ntitle: \"").Append(EscapeYaml(title)).Append("\"\n---\n");
        }

        builder.Append("flowchart ").Append(drawing.Direction == DrawingDirection.LeftToRight ? "LR" : "TD").Append('\n');
        var written = new HashSet<int>();
        foreach (var node in drawing.Nodes.Where(node => written.Add(node.Id)))
        {
            var (open, close) = Brackets(node.Shape);
            builder.Append("    ").Append(Identifier(node.Id)).Append(open).Append('"').Append(NodeText(node)).Append('"').Append(close).Append('\n');
        }

        foreach (var (edge, _, _, _) in new DrawingIndex(drawing).Edges)
        {
            builder.Append("    ").Append(Identifier(edge.From)).Append(edge.IsFeedback || edge.IsDeadLetters ? " -.->" : " -->");
            var label = EdgeText(edge);
            if (label.Length > 0)
            {
                builder.Append("|\"").Append(label).Append("\"|");
            }

            builder.Append(' ').Append(Identifier(edge.To)).Append('\n');
        }

        return builder.ToString();
    }

    private static string NodeText(DrawingNode node)
    {
        var lines = new[] { LabelText.Clean(node.Name), LabelText.Clean(node.Label) }
            .Where(line => line.Length > 0)
            .Select(Escape)
            .ToList();

        // An empty string between quotes does not parse.
        return lines.Count == 0 ? " " : string.Join("<br/>", lines);
    }

    private static string EdgeText(DrawingEdge edge)
    {
        var label = Escape(LabelText.Clean(edge.Label));
        return !edge.IsFeedback ? label : label.Length == 0 ? "↺" : "↺ " + label;
    }

    private static string Identifier(int id) =>
        string.Create(CultureInfo.InvariantCulture, $"{(id < 0 ? 'm' : 'n')}{Math.Abs((long)id)}");

    /// <summary>Writes everything that Mermaid, its Markdown or HTML might read as more than text as a character code.</summary>
    private static string Escape(string text)
    {
        var builder = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (IsHarmless(text, i))
            {
                builder.Append(text[i]);
            }
            else
            {
                builder.Append(CultureInfo.InvariantCulture, $"#{(int)text[i]};");
            }
        }

        return builder.ToString();
    }

    private static bool IsHarmless(string text, int position)
    {
        var character = text[position];
        if (character >= 0x80 || char.IsAsciiLetterOrDigit(character) || character is ' ' or '=' or ',')
        {
            return true;
        }

        // Inside a word these are just letters; at its edge they could begin a list or emphasis.
        return character is '_' or '.' or '-'
            && position > 0
            && position < text.Length - 1
            && char.IsAsciiLetterOrDigit(text[position - 1])
            && char.IsAsciiLetterOrDigit(text[position + 1]);
    }

    private static string EscapeYaml(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal);

    private static (string Open, string Close) Brackets(NodeShape shape) => shape switch
    {
        NodeShape.DoubleOctagon => ("[[", "]]"),
        NodeShape.Trapezium => ("[/", "\\]"),
        NodeShape.Box => ("[", "]"),
        NodeShape.Octagon => ("{{", "}}"),
        NodeShape.Diamond => ("{", "}"),
        NodeShape.Triangle => (">", "]"),
        _ => ("([", "])"),
    };
}
