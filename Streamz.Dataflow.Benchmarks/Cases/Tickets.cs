using BenchmarkDotNet.Attributes;
using Streamz.Dataflow.Benchmarks.Measuring;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>Five maps and a sink, fed one by one by a user: what it costs to follow each element.</summary>
public class Tickets
{
    private const int Elements = 100_000;

    private static int s_settled;

    [Benchmark(Baseline = true, OperationsPerInvoke = Elements, Description = "await EmitAsync")]
    public Task Emit() => RunAsync(static async source =>
    {
        for (var i = 0L; i < Elements; i++)
        {
            await source.EmitAsync(i);
        }
    });

    [Benchmark(OperationsPerInvoke = Elements, Description = "await EmitAsync with a callback")]
    public async Task EmitWithCallback()
    {
        s_settled = 0;
        await RunAsync(static async source =>
        {
            for (var i = 0L; i < Elements; i++)
            {
                await source.EmitAsync(i, static _ => s_settled++);
            }
        });
        if (s_settled != Elements)
        {
            throw new InvalidOperationException($"{s_settled} elements were settled, not {Elements}.");
        }
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "DeliverAsync, 100 at a time")]
    public Task Deliver() => RunAsync(static async source =>
    {
        var deliveries = new Task<DeliveryOutcome>[100];
        for (var i = 0L; i < Elements; i += deliveries.Length)
        {
            for (var k = 0; k < deliveries.Length; k++)
            {
                deliveries[k] = source.DeliverAsync(i + k);
            }

            await Task.WhenAll(deliveries);
        }
    });

    private static async Task RunAsync(Func<StreamSource<long>, Task> feed)
    {
        var tally = new Tally();
        var source = new StreamSource<long>();
        FiveMaps(source).Sink(tally.Add);
        await feed(source);
        await source.CompleteAsync();
        tally.Verify(Elements, 5);
    }

    internal static Stream<long> FiveMaps(Stream<long> stream) =>
        stream.Map(Work.Increment).Map(Work.Increment).Map(Work.Increment).Map(Work.Increment).Map(Work.Increment);
}
