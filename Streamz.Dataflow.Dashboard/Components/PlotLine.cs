namespace Streamz.Dataflow.Dashboard.Components;

/// <summary>A line of a plot.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Look">The style class.</param>
/// <param name="Values">The values, the oldest first; <see langword="null"/> where there is none.</param>
public sealed record PlotLine(string Name, string Look, IReadOnlyList<double?> Values);
