using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>Draws how a cost grows. Both axes are logarithmic: what grows in proportion is a straight line that rises by one for one.</summary>
internal static class GrowthPlot
{
    private const int Width = 720;
    private const int Height = 420;

    public static void Save(GrowthCase @case, double[][] costs, string file)
    {
        using var plot = new Plot();
        var points = @case.Points.Select(point => Math.Log10(point)).ToArray();
        for (var line = 0; line < costs.Length; line++)
        {
            var scatter = plot.Add.Scatter(points, costs[line].Select(Math.Log10).ToArray());
            scatter.LegendText = @case.Lines[line].Name;
            scatter.LineWidth = 2;
            scatter.MarkerSize = 7;
        }

        plot.Axes.Bottom.TickGenerator = new NumericManual(points, [.. @case.Points.Select(point => point.ToString("N0", CultureInfo.InvariantCulture))]);
        plot.Axes.Left.TickGenerator = new NumericAutomatic
        {
            MinorTickGenerator = new LogMinorTickGenerator(),
            IntegerTicksOnly = true,
            LabelFormatter = power => Math.Pow(10, power).ToString("N0", CultureInfo.InvariantCulture),
        };
        plot.XLabel(@case.Axis);
        plot.YLabel("processor time for an element, ns");
        plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
        plot.ShowLegend(Edge.Bottom);
        plot.Font.Set("sans-serif");
        plot.SaveSvg(file, Width, Height);
    }
}
