using System.Threading.Tasks.Dataflow;
using BenchmarkDotNet.Attributes;
using Streamz.Dataflow.Benchmarks.Measuring;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>Windows of a thousand elements, by count, by count or age, and by time, as fast as they can be fed.</summary>
public class Windows
{
    private const int Elements = 1_000_000;
    private const int Length = 1_000;

    private static readonly TimeSpan s_age = TimeSpan.FromMilliseconds(1);

    [Benchmark(Baseline = true, OperationsPerInvoke = Elements, Description = "hand-linked BatchBlock, await SendAsync")]
    public async Task HandLinkedBlocks()
    {
        var tally = new Tally();
        var batches = new BatchBlock<long>(Length, new GroupingDataflowBlockOptions { BoundedCapacity = 2 * Length });
        var sink = new ActionBlock<long[]>(batch => AddAll(tally, batch), new ExecutionDataflowBlockOptions { BoundedCapacity = 2 });
        batches.LinkTo(sink, new DataflowLinkOptions { PropagateCompletion = true });
        for (var i = 0L; i < Elements; i++)
        {
            await batches.SendAsync(i);
        }

        batches.Complete();
        await sink.Completion;
        tally.Verify(Elements, 0);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, Partition")]
    public Task Partition() => FeedAsync(source => source.Partition(Length));

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, Partition with a timeout")]
    public Task PartitionWithTimeout() => FeedAsync(source => source.Partition(Length, s_age));

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, TimedWindow")]
    public Task TimedWindow() => FeedAsync(source => source.TimedWindow(s_age));

    private static async Task FeedAsync(Func<Stream<long>, Stream<IReadOnlyList<long>>> window)
    {
        var tally = new Tally();
        var source = new StreamSource<long>();
        window(source).Sink(batch => AddAll(tally, batch));
        for (var i = 0L; i < Elements; i++)
        {
            await source.EmitAsync(i);
        }

        await source.CompleteAsync();
        tally.Verify(Elements, 0);
    }

    private static void AddAll(Tally tally, IReadOnlyList<long> batch)
    {
        foreach (var value in batch)
        {
            tally.Add(value);
        }
    }
}
