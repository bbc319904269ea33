using Streamz.Dataflow.Benchmarks.Cases;

namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>How the cost of an element grows with one thing.</summary>
/// <param name="Name">The thing, as the name of a file.</param>
/// <param name="Axis">What is counted.</param>
/// <param name="Points">Where it is measured.</param>
/// <param name="Lines">Who is measured.</param>
internal sealed record GrowthCase(string Name, string Axis, IReadOnlyList<int> Points, IReadOnlyList<GrowthLine> Lines);

/// <summary>One contestant at every point.</summary>
internal sealed record GrowthLine(string Name, Func<int, Contestant> At);

/// <summary>Measures growth in interleaved rounds, as a table and as a plot.</summary>
internal static class Growth
{
    public static async Task PrintAsync(int rounds, string folder)
    {
        foreach (var @case in GrowthCases.All)
        {
            // At each point its contestants run in turn: what disturbs the machine meanwhile disturbs all of them.
            var medians = @case.Lines.Select(_ => new double[@case.Points.Count]).ToArray();
            for (var point = 0; point < @case.Points.Count; point++)
            {
                var contestants = @case.Lines.Select(line => line.At(@case.Points[point])).ToList();
                var samples = await InterleavedRatios.TakeAsync(contestants, rounds);
                for (var line = 0; line < samples.Length; line++)
                {
                    medians[line][point] = Sample.Median(samples[line].Select(sample => sample.ProcessorNanoseconds));
                }
            }

            Print(@case, medians);
            GrowthPlot.Save(@case, medians, Path.Combine(folder, $"growth-{@case.Name}.svg"));
        }
    }

    private static void Print(GrowthCase @case, double[][] medians)
    {
        Console.WriteLine($"\n### Processor time for an element, in ns, by {@case.Axis}\n");
        Console.WriteLine($"| {@case.Axis} | {string.Join(" | ", @case.Lines.Select(line => line.Name))} |");
        Console.WriteLine($"|---:|{string.Concat(Enumerable.Repeat("---:|", @case.Lines.Count))}");
        for (var point = 0; point < @case.Points.Count; point++)
        {
            var row = medians.Select(line => FormattableString.Invariant($"{line[point]:0}"));
            Console.WriteLine(FormattableString.Invariant($"| {@case.Points[point]:N0} | {string.Join(" | ", row)} |"));
        }
    }
}
