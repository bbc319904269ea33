using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>Draws how a cost grows. Both axes are logarithmic: what grows in proportion is a straight line that rises by one for one.</summary>
internal static class GrowthPlot
{
    private const int Width = 720;
    private const int Height = 420;

    private static readonly int[] s_steps = [1, 2, 5];

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
        var ticks = Ticks(costs.SelectMany(line => line).ToList());
        plot.Axes.Left.TickGenerator = new NumericManual([.. ticks.Select(Math.Log10)], [.. ticks.Select(tick => tick.ToString("N0", CultureInfo.InvariantCulture))]);
        plot.Axes.SetLimitsY(Math.Log10(ticks[0]), Math.Log10(ticks[^1]));
        plot.XLabel(@case.Axis);
        plot.YLabel("processor time for an element, ns");
        plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
        plot.ShowLegend(Edge.Bottom);
        plot.Font.Set("sans-serif");
        plot.SaveSvg(file, Width, Height);
    }

    /// <summary>The steps 1, 2 and 5 of each power of ten, from the last below all costs to the first above them.</summary>
    private static List<double> Ticks(List<double> costs)
    {
        var steps = Enumerable.Range(-1, 9).SelectMany(power => s_steps, (power, step) => step * Math.Pow(10, power)).ToList();
        var first = steps.FindLastIndex(step => step < costs.Min());
        return steps[first..(steps.FindIndex(step => step > costs.Max()) + 1)];
    }
}
