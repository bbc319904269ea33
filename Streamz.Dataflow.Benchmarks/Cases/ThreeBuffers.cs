using System.Threading.Tasks.Dataflow;
using Akka.Streams;
using Akka.Streams.Dsl;
using BenchmarkDotNet.Attributes;
using Streamz.Dataflow.Benchmarks.Measuring;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>Three boundaries in a row: what a hand-over between two threads costs.</summary>
public class ThreeBuffers
{
    private const int Elements = 100_000;

    private static readonly ExecutionDataflowBlockOptions s_bounded = new() { BoundedCapacity = Work.Capacity };
    private static readonly DataflowLinkOptions s_propagating = new() { PropagateCompletion = true };

    [GlobalCleanup]
    public Task Stop() => AkkaHost.StopAsync();

    [Benchmark(Baseline = true, OperationsPerInvoke = Elements, Description = "hand-linked TPL Dataflow, await SendAsync")]
    public async Task HandLinkedBlocks()
    {
        var tally = new Tally();
        var buffers = Enumerable.Range(0, 3).Select(_ => new TransformBlock<long, long>(Work.Increment, s_bounded)).ToArray();
        var sink = new ActionBlock<long>(tally.Add, s_bounded);
        buffers[0].LinkTo(buffers[1], s_propagating);
        buffers[1].LinkTo(buffers[2], s_propagating);
        buffers[2].LinkTo(sink, s_propagating);
        for (var i = 0L; i < Elements; i++)
        {
            await buffers[0].SendAsync(i);
        }

        buffers[0].Complete();
        await sink.Completion;
        tally.Verify(Elements, 3);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, await EmitAsync")]
    public async Task StreamzEmitAsync()
    {
        var tally = new Tally();
        var source = new StreamSource<long>();
        source.Map(Work.Increment).Buffer(Work.Capacity).Map(Work.Increment).Buffer(Work.Capacity).Map(Work.Increment).Buffer(Work.Capacity).Sink(tally.Add);
        for (var i = 0L; i < Elements; i++)
        {
            await source.EmitAsync(i);
        }

        await source.CompleteAsync();
        tally.Verify(Elements, 3);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "a Channel for each buffer")]
    public async Task Channels()
    {
        var tally = new Tally();
        var head = ChannelHops.Create();
        var reading = head.Reader.Then(Work.Increment).Then(Work.Increment).ForEachAsync(tally.Add);
        for (var i = 0L; i < Elements; i++)
        {
            await head.Writer.WriteAsync(Work.Increment(i));
        }

        head.Writer.Complete();
        await reading;
        tally.Verify(Elements, 3);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Akka.Streams, Source.From and Async")]
    public async Task AkkaFrom()
    {
        var tally = new Tally();
        await Source.From(Work.Numbers(Elements))
            .Select(Work.Increment).Async().Select(Work.Increment).Async().Select(Work.Increment).Async()
            .RunForeach(tally.Add, AkkaHost.Materializer);
        tally.Verify(Elements, 3);
    }
}
