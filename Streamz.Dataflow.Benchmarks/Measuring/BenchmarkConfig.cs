using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using Perfolizer.Horology;

namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>What BenchmarkDotNet measures and shows: memory always, and ratios rather than errors of absolute times.</summary>
internal static class BenchmarkConfig
{
    /// <summary>Makes the settings.</summary>
    /// <param name="job">How long to measure; null if the command line says so.</param>
    public static IConfig Create(Job? job)
    {
        var config = ManualConfig.CreateEmpty()
            .AddLogger(ConsoleLogger.Default)
            .AddExporter(MarkdownExporter.GitHub)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .HideColumns(Column.Error, Column.StdDev, Column.Median, Column.Job, Column.Gen0, Column.Gen1, Column.Gen2);
        return job is null ? config : config.AddJob(job);
    }

    /// <summary>All cases in some minutes: ratios to about a tenth on a quiet machine.</summary>
    public static Job Short { get; } = Job.Default
        .WithId("Short")
        .WithLaunchCount(1)
        .WithIterationTime(TimeInterval.FromMilliseconds(200))
        .WithWarmupCount(4)
        .WithIterationCount(8);
}
