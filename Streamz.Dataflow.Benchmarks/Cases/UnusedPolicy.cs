using BenchmarkDotNet.Attributes;
using Polly;
using Streamz.Dataflow.Benchmarks.Measuring;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>What error policies cost while nothing fails: five maps and a sink, the same pipeline with and without them.</summary>
public class UnusedPolicy
{
    private const int Elements = 100_000;
    private const int Maps = 5;

    [Benchmark(Baseline = true, OperationsPerInvoke = Elements, Description = "no policy")]
    public Task None() => RunAsync(null, 0);

    [Benchmark(OperationsPerInvoke = Elements, Description = "skip, on every map")]
    public Task Skip() => RunAsync(ErrorPolicy.Skip, Maps);

    [Benchmark(OperationsPerInvoke = Elements, Description = "retry 3 times, then skip, on one map")]
    public Task RetryOnOne() => RunAsync(ErrorPolicy.Retry(3).Then(ErrorPolicy.Skip), 1);

    [Benchmark(OperationsPerInvoke = Elements, Description = "retry 3 times, then skip, on every map")]
    public Task RetryOnAll() => RunAsync(ErrorPolicy.Retry(3).Then(ErrorPolicy.Skip), Maps);

    [Benchmark(OperationsPerInvoke = Elements, Description = "dead letter, on one map")]
    public Task DeadLetterOnOne() => RunAsync(ErrorPolicy.DeadLetter(new DeadLetterQueue()), 1);

    [Benchmark(OperationsPerInvoke = Elements, Description = "dead letter, on every map")]
    public Task DeadLetterOnAll() => RunAsync(ErrorPolicy.DeadLetter(new DeadLetterQueue()), Maps);

    [Benchmark(OperationsPerInvoke = Elements, Description = "an empty resilience pipeline around one map")]
    public Task PipelineOnOne() => RunAsync(ErrorPolicy.Retry(ResiliencePipeline.Empty), 1);

    private static async Task RunAsync(ErrorPolicy? policy, int nodes)
    {
        var tally = new Tally();
        var source = new StreamSource<long>();
        var stream = (Stream<long>)source;
        for (var i = 0; i < Maps; i++)
        {
            stream = stream.Map(Work.Increment, options: i < nodes ? new NodeOptions { OnError = policy } : null);
        }

        stream.Sink(tally.Add);
        for (var i = 0L; i < Elements; i++)
        {
            await source.EmitAsync(i);
        }

        await source.CompleteAsync();
        tally.Verify(Elements, Maps);
    }
}
