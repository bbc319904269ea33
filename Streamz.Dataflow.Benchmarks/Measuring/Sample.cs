using System.Diagnostics;

namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>What one run cost for each element: time by the clock, time of all processors together, and memory.</summary>
internal readonly record struct Sample(double Nanoseconds, double ProcessorNanoseconds, double Bytes)
{
    /// <summary>Runs a contestant. One that fails does not stop the others, but is shown as NaN and fails the program.</summary>
    public static async Task<Sample> TakeAsync(Contestant contestant)
    {
        // What the run before left behind is not this one's to collect.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        try
        {
            await contestant.RunAsync();
        }
        catch (Exception failure)
        {
            await Console.Error.WriteLineAsync($"'{contestant.Name}' failed: {failure}");
            Environment.ExitCode = 1;
            return new(double.NaN, double.NaN, double.NaN);
        }

        var time = Stopwatch.GetElapsedTime(start);
        return new(
            time.TotalNanoseconds / contestant.Elements,
            (Environment.CpuUsage.TotalTime - processor).TotalNanoseconds / contestant.Elements,
            (double)(GC.GetTotalAllocatedBytes(precise: true) - bytes) / contestant.Elements);
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();

        // NaN sorts first: one failed run is enough to spoil the result.
        return double.IsNaN(sorted[0]) ? double.NaN
            : sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
