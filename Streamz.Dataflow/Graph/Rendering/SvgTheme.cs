using System.Globalization;
using System.Text;

namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>The look of a kind of node.</summary>
/// <param name="CssClass">The style class.</param>
/// <param name="Caption">What the legend calls it.</param>
/// <param name="Fill">The fill on a light ground.</param>
/// <param name="Stroke">The outline on a light ground.</param>
/// <param name="DarkFill">The fill on a dark ground.</param>
/// <param name="DarkStroke">The outline on a dark ground.</param>
internal sealed record NodeLook(
    string CssClass,
    string Caption,
    string Fill,
    string Stroke,
    string DarkFill,
    string DarkStroke);

/// <summary>The colours and fonts of the SVG picture.</summary>
internal static class SvgTheme
{
    private static readonly NodeLook _other = new("sz-other", "transform", "#eef1f5", "#55657a", "#272f3a", "#93a3b8");

    private static readonly (NodeShape Shape, NodeLook Look)[] _looks =
    [
        (NodeShape.DoubleOctagon, new("sz-source", "source", "#d6f2df", "#1a7f43", "#173d28", "#5fcf8b")),
        (NodeShape.Ellipse, _other),
        (NodeShape.Box, new("sz-state", "state", "#d8e8fd", "#2463c4", "#172f55", "#79aef8")),
        (NodeShape.Octagon, new("sz-timing", "timing", "#fdf0c8", "#8f6400", "#40340d", "#e2b93b")),
        (NodeShape.Diamond, new("sz-batch", "batching", "#ffe2cc", "#b04f0c", "#46280f", "#f59d58")),
        (NodeShape.Triangle, new("sz-join", "join", "#fbd9e6", "#b82a66", "#4a1a30", "#f580ab")),
        (NodeShape.Trapezium, new("sz-sink", "sink", "#ead9fb", "#7a3fc0", "#35204f", "#bf93f5")),
    ];

    /// <summary>The looks in the order of the legend.</summary>
    internal static IReadOnlyList<(NodeShape Shape, NodeLook Look)> Looks => _looks;

    /// <summary>The style sheet.</summary>
    internal static string StyleSheet { get; } = BuildStyleSheet();

    /// <summary>The look of a shape.</summary>
    /// <param name="shape">The shape.</param>
    /// <returns>The look.</returns>
    internal static NodeLook LookOf(NodeShape shape)
    {
        foreach (var (known, look) in _looks)
        {
            if (known == shape)
            {
                return look;
            }
        }

        return _other;
    }

    private static string BuildStyleSheet()
    {
        var light = new Palette("#ffffff", "#1b2330", "#5b6776", "#c9291f");
        var dark = new Palette("#14181f", "#eef2f7", "#93a0b1", "#ff7b72");
        var builder = new StringBuilder();
        builder.Append(".sz-text,.sz-name,.sz-caption,.sz-order,.sz-title{font-family:\"Segoe UI\",\"Helvetica Neue\",Arial,\"DejaVu Sans\",sans-serif;font-size:13px;text-anchor:middle}\n");
        builder.Append(".sz-name,.sz-title{font-weight:bold}\n");
        builder.Append(".sz-title{font-size:16px}\n");
        builder.Append(".sz-caption{font-size:11px;text-anchor:start}\n");
        builder.Append(".sz-order{font-size:11px;font-weight:bold}\n");
        builder.Append(".sz-shape{stroke-width:1.6;stroke-linejoin:round}\n");
        builder.Append(".sz-edge,.sz-loop{fill:none;stroke-width:1.6;stroke-linecap:round}\n");
        builder.Append(".sz-loop{stroke-width:2;stroke-dasharray:7 5}\n");
        builder.Append(".sz-plate{stroke-width:1}\n");
        builder.Append(".sz-sign{fill:none;stroke-width:1.8;stroke-linecap:round}\n");
        AppendColours(builder, light, look => (look.Fill, look.Stroke));
        builder.Append("@media (prefers-color-scheme:dark){\n");
        AppendColours(builder, dark, look => (look.DarkFill, look.DarkStroke));
        builder.Append("}\n");
        return builder.ToString();
    }

    private static void AppendColours(StringBuilder builder, Palette palette, Func<NodeLook, (string Fill, string Stroke)> choose)
    {
        builder.Append(CultureInfo.InvariantCulture, $".sz-ground{{fill:{palette.Ground}}}\n");
        builder.Append(CultureInfo.InvariantCulture, $".sz-text,.sz-name,.sz-caption,.sz-order,.sz-title{{fill:{palette.Text}}}\n");
        builder.Append(CultureInfo.InvariantCulture, $".sz-edge,.sz-plate{{stroke:{palette.Edge}}}\n");
        builder.Append(CultureInfo.InvariantCulture, $".sz-head{{fill:{palette.Edge}}}\n");
        builder.Append(CultureInfo.InvariantCulture, $".sz-loop,.sz-sign,.sz-loop-plate{{stroke:{palette.Loop}}}\n");
        builder.Append(CultureInfo.InvariantCulture, $".sz-loop-head{{fill:{palette.Loop}}}\n");
        builder.Append(CultureInfo.InvariantCulture, $".sz-plate{{fill:{palette.Ground}}}\n");
        foreach (var (_, look) in _looks)
        {
            var (fill, stroke) = choose(look);
            builder.Append(CultureInfo.InvariantCulture, $".{look.CssClass} .sz-shape{{fill:{fill};stroke:{stroke}}}\n");
        }
    }

    private sealed record Palette(string Ground, string Text, string Edge, string Loop);
}
