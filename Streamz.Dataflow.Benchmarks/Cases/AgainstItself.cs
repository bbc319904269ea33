using BenchmarkDotNet.Attributes;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>One contestant under two names: how far the Ratio column strays from 1 here is the noise of the machine.</summary>
public class AgainstItself
{
    private const int Elements = 100_000;

    private readonly FiveMaps _case = new();

    [Benchmark(Baseline = true, OperationsPerInvoke = Elements, Description = "A: one ActionBlock, await SendAsync")]
    public Task First() => _case.ActionBlock();

    [Benchmark(OperationsPerInvoke = Elements, Description = "A again: one ActionBlock, await SendAsync")]
    public Task Second() => _case.ActionBlock();
}
