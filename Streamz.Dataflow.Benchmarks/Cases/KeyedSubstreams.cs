using System.Threading.Tasks.Dataflow;
using Akka.Streams.Dsl;
using BenchmarkDotNet.Attributes;
using Streamz.Dataflow.Benchmarks.Measuring;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>Ten thousand keys in turn, with a running count for each.</summary>
public class KeyedSubstreams
{
    private const int Elements = 100_000;
    private const int Keys = 10_000;

    [GlobalCleanup]
    public Task Stop() => AkkaHost.StopAsync();

    [Benchmark(Baseline = true, OperationsPerInvoke = Elements, Description = "one ActionBlock with a dictionary, await SendAsync")]
    public async Task DictionaryInABlock()
    {
        var tally = new Tally();
        var counts = new Dictionary<long, long>();
        var block = new ActionBlock<long>(
            value =>
            {
                var count = counts.GetValueOrDefault(value % Keys) + 1;
                counts[value % Keys] = count;
                tally.AddUnordered(Number(value % Keys, count));
            },
            new ExecutionDataflowBlockOptions { BoundedCapacity = Work.Capacity });
        for (var i = 0L; i < Elements; i++)
        {
            await block.SendAsync(i);
        }

        block.Complete();
        await block.Completion;
        tally.Verify(Elements, 0);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, await EmitAsync and GroupBy")]
    public async Task StreamzEmitAsync()
    {
        var tally = new Tally();
        var source = new StreamSource<long>();
        source.GroupBy(value => value % Keys, group => group.Accumulate(0L, (count, _) => count + 1))
            .Sink(pair => tally.AddUnordered(Number(pair.Key, pair.Value)));
        for (var i = 0L; i < Elements; i++)
        {
            await source.EmitAsync(i);
        }

        await source.CompleteAsync();
        tally.Verify(Elements, 0);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Akka.Streams, Source.From and GroupBy")]
    public async Task AkkaFrom()
    {
        var tally = new Tally();
        await ((Source<(long Key, long Count), Akka.NotUsed>)Source.From(Work.Numbers(Elements))
                .GroupBy(Keys, value => value % Keys)
                .Scan((Key: 0L, Count: 0L), (last, value) => (value % Keys, last.Count + 1))
                .Where(each => each.Count > 0)
                .MergeSubstreams())
            .RunForeach(each => tally.AddUnordered(Number(each.Key, each.Count)), AkkaHost.Materializer);
        tally.Verify(Elements, 0);
    }

    // The element of a key whose count this is.
    private static long Number(long key, long count) => key + ((count - 1) * Keys);
}
