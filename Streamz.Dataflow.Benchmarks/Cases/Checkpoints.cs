using BenchmarkDotNet.Attributes;
using Streamz.Dataflow.Benchmarks.Measuring;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>Five maps and a sink behind a source: what it costs to know how far everything is done, and to save it after each thousand elements.</summary>
public class Checkpoints
{
    private const int Elements = 100_000;

    private static readonly string s_file = Path.Combine(Path.GetTempPath(), $"streamz-benchmark-{Environment.ProcessId}.db");

    [Benchmark(Baseline = true, OperationsPerInvoke = Elements, Description = "a source")]
    public Task Plain() => RunAsync(null);

    [Benchmark(OperationsPerInvoke = Elements, Description = "a source whose elements are followed")]
    public Task Followed() => RunAsync(new CheckpointOptions(new InMemoryCheckpointStore(), "benchmark") { Interval = Timeout.InfiniteTimeSpan });

    [Benchmark(OperationsPerInvoke = Elements, Description = "a checkpoint in memory per 1,000 elements")]
    public Task InMemory() =>
        RunAsync(new CheckpointOptions(new InMemoryCheckpointStore(), "benchmark") { Interval = Timeout.InfiniteTimeSpan, Every = 1_000 });

    [Benchmark(OperationsPerInvoke = Elements, Description = "a checkpoint with states in memory per 1,000 elements, or when the one before is done")]
    public Task States() =>
        RunAsync(new CheckpointOptions(new InMemoryCheckpointStore(), "benchmark") { Interval = Timeout.InfiniteTimeSpan, Every = 1_000, SaveStates = true });

    [Benchmark(OperationsPerInvoke = Elements, Description = "a checkpoint in an SQLite file per 1,000 elements, or when the one before is done")]
    public async Task Sqlite()
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(s_file)!, Path.GetFileName(s_file) + "*"))
        {
            File.Delete(file);
        }

        await RunAsync(new CheckpointOptions(new SqliteCheckpointStore(s_file), "benchmark") { Interval = Timeout.InfiniteTimeSpan, Every = 1_000 });
    }

    private static async Task RunAsync(CheckpointOptions? checkpoints)
    {
        var tally = new Tally();
        var source = new Stream<long>(new SourceNode<long>("numbers", () => new NumbersStage(), new StreamOptions { Checkpoints = checkpoints }));
        await Tickets.FiveMaps(source).Sink(tally.Add).Start().Completion;
        tally.Verify(Elements, 5);
    }

    private sealed class NumbersStage : SourceStage<long>, IKeepsTickets
    {
        public override async Task RunAsync(SourceContext<long> context)
        {
            var partition = await context.OpenPartitionAsync("numbers");
            for (var i = 0L; i < Elements; i++)
            {
                await context.EmitAsync(i, partition, i + 1);
            }
        }
    }
}
