namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Draws a graph as a self-contained SVG picture.</summary>
internal static class SvgRenderer
{
    private const double TitleHeight = 30;
    private const double TitleFontSize = 16;
    private const double MinimumWidth = 120;
    private const string DefaultTitle = "Pipeline";
    private const string EmptyCaption = "(no nodes)";

    /// <summary>Draws a graph.</summary>
    /// <param name="drawing">The graph.</param>
    /// <returns>The SVG document.</returns>
    internal static string Render(GraphDrawing drawing)
    {
        var layout = GraphLayout.Compute(drawing);
        var title = LabelText.Clean(drawing.Title);
        var titleWidth = TextMeasure.Width(title, TitleFontSize, bold: true) + (2 * LayoutMetrics.PictureMargin);
        var width = Math.Max(MinimumWidth, Math.Max(layout.Width, Math.Min(Math.Ceiling(titleWidth), 640)));
        var legend = new SvgLegend(drawing, width);
        var top = title.Length > 0 ? TitleHeight : 0;
        var height = Math.Ceiling(layout.Height + top + legend.Height);
        var writer = new SvgWriter();
        writer.Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">");
        writer.Line($"<title>{SvgWriter.Escape(title.Length > 0 ? title : DefaultTitle)}</title>");
        writer.Line($"<desc>{SvgWriter.Escape(Describe(drawing))}</desc>");
        writer.Raw("<style>\n" + SvgTheme.StyleSheet + "</style>\n");
        writer.Line($"<rect class=\"sz-ground\" width=\"{width}\" height=\"{height}\"/>");
        if (title.Length > 0)
        {
            DrawTitle(writer, title, width);
        }

        writer.Line($"<g transform=\"translate({(width - layout.Width) / 2} {top})\">");
        DrawGraph(writer, layout, drawing.Direction);
        writer.Raw("</g>\n");
        if (drawing.Nodes.Count == 0)
        {
            writer.Line($"<text class=\"sz-text\" x=\"{width / 2}\" y=\"{top + 29}\">{EmptyCaption}</text>");
        }

        legend.Draw(writer, layout.Height + top);
        writer.Raw("</svg>\n");
        return writer.ToString();
    }

    private static void DrawGraph(SvgWriter writer, LayoutResult layout, DrawingDirection direction)
    {
        var captions = new Dictionary<int, string>();
        foreach (var node in layout.Nodes)
        {
            captions.TryAdd(node.Node.Id, LabelText.Caption(node.Node));
        }

        foreach (var node in layout.Nodes)
        {
            DrawNode(writer, node, direction);
        }

        // After the nodes, so that a slanted outline does not cover half a head; feedback last, so that nothing hides a loop.
        foreach (var edge in layout.Edges.OrderBy(edge => edge.Edge.IsFeedback))
        {
            var arrow = edge.Edge.IsFeedback ? " ↺ " : " → ";
            SvgEdges.Draw(writer, edge, SvgWriter.Escape(captions[edge.Edge.From] + arrow + captions[edge.Edge.To]));
        }

        foreach (var edge in layout.Edges)
        {
            SvgEdges.DrawLabels(writer, edge);
        }
    }

    private static void DrawNode(SvgWriter writer, PlacedNode node, DrawingDirection direction)
    {
        writer.Line($"<g class=\"{SvgTheme.LookOf(node.Node.Shape).CssClass}\"><title>{SvgWriter.Escape(LabelText.Caption(node.Node))}</title>");
        SvgShapes.Draw(writer, node, direction);
        foreach (var line in node.Lines)
        {
            var style = line.IsName ? "sz-name" : "sz-text";
            writer.Line($"<text class=\"{style}\" x=\"{line.X}\" y=\"{line.Y}\">{SvgWriter.Escape(line.Text)}</text>");
        }

        writer.Raw("</g>\n");
    }

    private static void DrawTitle(SvgWriter writer, string title, double width)
    {
        var shown = title;
        var most = LabelText.Wrap(title, int.MaxValue, 1)[0].Length;
        while (most > 1 && TextMeasure.Width(shown, TitleFontSize, bold: true) > width - (2 * LayoutMetrics.PictureMargin))
        {
            most--;
            shown = LabelText.Wrap(title, most, 1)[0];
        }

        writer.Line($"<text class=\"sz-title\" x=\"{width / 2}\" y=\"31\">{SvgWriter.Escape(shown)}</text>");
    }

    private static string Describe(GraphDrawing drawing)
    {
        var way = drawing.Direction == DrawingDirection.LeftToRight ? "left to right" : "top to bottom";
        var loops = drawing.Edges.Count(edge => edge.IsFeedback);
        var feedback = loops == 0 ? string.Empty : FormattableString.Invariant($", {loops} of them feedback");
        return FormattableString.Invariant(
            $"A pipeline of {drawing.Nodes.Count} nodes and {drawing.Edges.Count} edges{feedback}, flowing from {way}.");
    }
}
