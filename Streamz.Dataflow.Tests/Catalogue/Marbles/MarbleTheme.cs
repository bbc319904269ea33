using System.Globalization;
using System.Text;
using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Tests.Catalogue.Marbles;

/// <summary>The colours of marble diagrams: those of the drawings of graphs, so that the documentation looks like one thing.</summary>
internal static class MarbleTheme
{
    private static readonly string[] s_inputs = [ClassOf(NodeShape.Box), ClassOf(NodeShape.Triangle), ClassOf(NodeShape.Octagon)];
    private static readonly string[] s_outputs = [ClassOf(NodeShape.DoubleOctagon), ClassOf(NodeShape.Trapezium), ClassOf(NodeShape.Diamond)];

    public static string StyleSheet { get; } = BuildStyleSheet();

    public static string InputClass(int row) => s_inputs[row % s_inputs.Length];

    public static string OutputClass(int row) => s_outputs[row % s_outputs.Length];

    private static string ClassOf(NodeShape shape) => SvgTheme.LookOf(shape).CssClass;

    private static string BuildStyleSheet()
    {
        var text = new StringBuilder();
        text.Append("text{font-family:\"Segoe UI\",\"Helvetica Neue\",Arial,\"DejaVu Sans\",sans-serif}\n");
        text.Append(CultureInfo.InvariantCulture, $".mb-name{{font-size:{MarbleLayout.NameSize}px;font-weight:bold;text-anchor:end}}\n");
        text.Append(CultureInfo.InvariantCulture, $".mb-value{{font-size:{MarbleLayout.LabelSize}px;text-anchor:middle}}\n");
        text.Append(CultureInfo.InvariantCulture, $".mb-code{{font-size:{MarbleLayout.CodeSize}px;text-anchor:middle;font-family:\"Cascadia Code\",Consolas,Menlo,\"DejaVu Sans Mono\",monospace}}\n");
        text.Append(".mb-tick{font-size:11px;text-anchor:middle}\n");
        text.Append(".mb-line{fill:none;stroke-width:1.6;stroke-linecap:round}\n");
        text.Append(".mb-drop{fill:none;stroke-width:1;stroke-dasharray:2 3}\n");
        text.Append(".mb-stem,.mb-axis{fill:none;stroke-width:1}\n");
        text.Append(".mb-end{fill:none;stroke-width:3;stroke-linecap:round}\n");
        text.Append(".mb-error{fill:none;stroke-width:3;stroke-linecap:round}\n");
        text.Append(".mb-marble,.mb-box{stroke-width:1.6}\n");
        AppendColours(text, ("#ffffff", "#1b2330", "#5b6776", "#b9c2ce", "#c9291f"), look => (look.Fill, look.Stroke));
        text.Append("@media (prefers-color-scheme:dark){\n");
        AppendColours(text, ("#14181f", "#eef2f7", "#93a0b1", "#465162", "#ff7b72"), look => (look.DarkFill, look.DarkStroke));
        text.Append("}\n");
        return text.ToString();
    }

    private static void AppendColours(
        StringBuilder text,
        (string Ground, string Text, string Line, string Faint, string Error) colours,
        Func<NodeLook, (string Fill, string Stroke)> choose)
    {
        text.Append(CultureInfo.InvariantCulture, $".mb-ground{{fill:{colours.Ground}}}\n");
        text.Append(CultureInfo.InvariantCulture, $".mb-name,.mb-value,.mb-code{{fill:{colours.Text}}}\n");
        text.Append(CultureInfo.InvariantCulture, $".mb-tick,.mb-head{{fill:{colours.Line}}}\n");
        text.Append(CultureInfo.InvariantCulture, $".mb-line,.mb-end{{stroke:{colours.Line}}}\n");
        text.Append(CultureInfo.InvariantCulture, $".mb-drop,.mb-stem,.mb-axis{{stroke:{colours.Faint}}}\n");
        text.Append(CultureInfo.InvariantCulture, $".mb-error{{stroke:{colours.Error}}}\n");
        foreach (var (_, look) in SvgTheme.Looks)
        {
            var (fill, stroke) = choose(look);
            text.Append(CultureInfo.InvariantCulture, $".{look.CssClass}{{fill:{fill};stroke:{stroke}}}\n");
        }
    }
}
