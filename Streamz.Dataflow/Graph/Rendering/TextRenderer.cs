using System.Globalization;
using System.Text;

namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Draws a graph as trees of text, one for each source.</summary>
internal sealed class TextRenderer
{
    private const string EmptyText = "(no nodes)\n";

    private readonly GraphDrawing _drawing;
    private readonly DrawingIndex _index;
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<int, int> _numbers = [];

    private TextRenderer(GraphDrawing drawing)
    {
        _drawing = drawing;
        _index = new DrawingIndex(drawing);
    }

    /// <summary>Draws a graph.</summary>
    /// <param name="drawing">The graph.</param>
    /// <returns>Lines of text, each ending with a line feed.</returns>
    internal static string Render(GraphDrawing drawing) => new TextRenderer(drawing).Render();

    private string Render()
    {
        var builder = new StringBuilder();
        var title = LabelText.Clean(_drawing.Title);
        if (title.Length > 0)
        {
            builder.Append(title).Append('\n');
        }

        if (_drawing.Nodes.Count == 0)
        {
            return builder.Append(EmptyText).ToString();
        }

        foreach (var root in Roots())
        {
            Walk(root);
        }

        foreach (var entry in _entries)
        {
            Write(builder, entry);
        }

        return builder.ToString();
    }

    private IEnumerable<int> Roots()
    {
        var isTarget = new bool[_drawing.Nodes.Count];
        foreach (var edge in _index.Edges)
        {
            isTarget[edge.To] |= !edge.Edge.IsFeedback && edge.From != edge.To;
        }

        // What only a cycle leads to still comes, after everything a source leads to.
        return Enumerable.Range(0, isTarget.Length).OrderBy(node => isTarget[node]);
    }

    private void Walk(int root)
    {
        if (_numbers.ContainsKey(root))
        {
            return;
        }

        // Its own stack, because a pipeline may be longer than the stack of the thread is deep.
        var stack = new Stack<Entry>();
        stack.Push(new Entry(root, null, string.Empty, string.Empty, IsReference: false));
        while (stack.TryPop(out var entry))
        {
            var isReference = entry.Edge is { Edge.IsFeedback: true } || _numbers.ContainsKey(entry.Node);
            _entries.Add(entry with { IsReference = isReference });
            if (isReference)
            {
                continue;
            }

            _numbers[entry.Node] = _numbers.Count + 1;
            var outgoing = _index.Outgoing(entry.Node);
            for (var i = outgoing.Count - 1; i >= 0; i--)
            {
                var isLast = i == outgoing.Count - 1;
                stack.Push(new Entry(
                    outgoing[i].To,
                    outgoing[i],
                    entry.Indent + (isLast ? "└─ " : "├─ "),
                    entry.Indent + (isLast ? "   " : "│  "),
                    IsReference: false));
            }
        }
    }

    private void Write(StringBuilder builder, Entry entry)
    {
        builder.Append(entry.Lead);
        var label = LabelText.Clean(entry.Edge?.Edge.Label);
        if (label.Length > 0)
        {
            builder.Append('[').Append(label).Append("] ");
        }

        if (entry.IsReference)
        {
            builder.Append(entry.Edge is { Edge.IsFeedback: true } ? "↺ " : "→ ");
        }

        var caption = LabelText.Caption(_drawing.Nodes[entry.Node]);
        builder.Append(CultureInfo.InvariantCulture, $"({_numbers[entry.Node]})");
        if (caption.Length > 0)
        {
            builder.Append(' ').Append(caption);
        }

        builder.Append('\n');
    }

    private sealed record Entry(int Node, IndexedEdge? Edge, string Lead, string Indent, bool IsReference);
}
