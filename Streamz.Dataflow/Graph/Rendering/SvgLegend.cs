namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Explains the colours that occur in a picture.</summary>
internal sealed class SvgLegend
{
    private const double RowHeight = 22;
    private const double Swatch = 13;
    private const double ItemGap = 18;
    private const double CaptionSize = 11;

    private readonly List<(NodeLook? Look, string Caption, LayoutPoint Corner)> _items = [];

    /// <summary>Arranges the legend of a drawing.</summary>
    /// <param name="drawing">The drawing.</param>
    /// <param name="width">The width of the picture.</param>
    internal SvgLegend(GraphDrawing drawing, double width)
    {
        var shapes = drawing.Nodes.Select(node => node.Shape).ToHashSet();
        var items = SvgTheme.Looks
            .Where(known => shapes.Contains(known.Shape))
            .Select(known => ((NodeLook?)known.Look, known.Look.Caption))
            .ToList();
        if (drawing.Edges.Any(edge => edge.IsFeedback))
        {
            items.Add((null, "feedback"));
        }

        // One colour alone needs no explanation.
        if (items.Count < 2)
        {
            return;
        }

        var x = LayoutMetrics.PictureMargin;
        var y = 0.0;
        foreach (var (look, caption) in items)
        {
            var size = Swatch + 6 + TextMeasure.Width(caption, CaptionSize, bold: false);
            if (x > LayoutMetrics.PictureMargin && x + size > width - LayoutMetrics.PictureMargin)
            {
                x = LayoutMetrics.PictureMargin;
                y += RowHeight;
            }

            _items.Add((look, caption, new LayoutPoint(x, y)));
            x += size + ItemGap;
        }

        Height = y + RowHeight + 8;
    }

    /// <summary>The height of the legend, 0 when there is none.</summary>
    internal double Height { get; }

    /// <summary>Draws the legend.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="top">Its top edge.</param>
    internal void Draw(SvgWriter writer, double top)
    {
        foreach (var (look, caption, corner) in _items)
        {
            var y = corner.Y + top;
            if (look is null)
            {
                writer.Line($"<path class=\"sz-loop\" d=\"M{corner.X - 2} {y + (Swatch / 2)}h{Swatch + 3}\"/>");
            }
            else
            {
                writer.Line($"<g class=\"{look.CssClass}\"><rect class=\"sz-shape\" x=\"{corner.X}\" y=\"{y}\" width=\"{Swatch}\" height=\"{Swatch}\" rx=\"3\"/></g>");
            }

            writer.Line($"<text class=\"sz-caption\" x=\"{corner.X + Swatch + 6}\" y=\"{y + (Swatch / 2) + 3.9}\">{caption}</text>");
        }
    }
}
