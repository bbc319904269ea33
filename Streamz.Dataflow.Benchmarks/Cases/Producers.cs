using BenchmarkDotNet.Attributes;
using Streamz.Dataflow.Benchmarks.Measuring;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>One pipeline of five maps and a sink, fed by one emitter and by several at a time.</summary>
public class Producers
{
    internal const int Elements = 80_000;

    [Benchmark(Baseline = true, OperationsPerInvoke = Elements, Description = "1 producer, await EmitAsync")]
    public Task One() => FeedAsync(1);

    [Benchmark(OperationsPerInvoke = Elements, Description = "2 producers")]
    public Task Two() => FeedAsync(2);

    [Benchmark(OperationsPerInvoke = Elements, Description = "4 producers")]
    public Task Four() => FeedAsync(4);

    [Benchmark(OperationsPerInvoke = Elements, Description = "8 producers")]
    public Task Eight() => FeedAsync(8);

    internal static async Task FeedAsync(int producers)
    {
        var tally = new Tally();
        var source = new StreamSource<long>();
        source.Map(Work.Increment).Map(Work.Increment).Map(Work.Increment).Map(Work.Increment).Map(Work.Increment).Sink(tally.AddUnordered);
        source.Start();
        await Task.WhenAll(Enumerable.Range(0, producers).Select(producer => Task.Run(async () =>
        {
            for (long i = producer; i < Elements; i += producers)
            {
                await source.EmitAsync(i);
            }
        })));
        await source.CompleteAsync();
        tally.Verify(Elements, 5);
    }
}
