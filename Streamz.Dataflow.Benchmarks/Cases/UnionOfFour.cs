using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Akka.Streams.Dsl;
using BenchmarkDotNet.Attributes;
using Streamz.Dataflow.Benchmarks.Measuring;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>Four sources, fed in turn by one emitter, that are merged. The numbers are per element.</summary>
public class UnionOfFour
{
    private const int Elements = 100_000;
    private const int Sides = 4;

    private static readonly ExecutionDataflowBlockOptions s_bounded = new() { BoundedCapacity = Work.Capacity };

    [GlobalCleanup]
    public Task Stop() => AkkaHost.StopAsync();

    [Benchmark(Baseline = true, OperationsPerInvoke = Elements, Description = "hand-linked TPL Dataflow, await SendAsync")]
    public async Task HandLinkedBlocks()
    {
        var tally = new Tally();
        var sides = Enumerable.Range(0, Sides).Select(_ => new BufferBlock<long>(s_bounded)).ToArray();
        var sink = new ActionBlock<long>(tally.AddUnordered, s_bounded);
        foreach (var side in sides)
        {
            side.LinkTo(sink);
        }

        for (var i = 0L; i < Elements; i++)
        {
            await sides[i % Sides].SendAsync(i);
        }

        foreach (var side in sides)
        {
            side.Complete();
            await side.Completion;
        }

        sink.Complete();
        await sink.Completion;
        tally.Verify(Elements, 0);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, await EmitAsync")]
    public async Task StreamzEmitAsync()
    {
        var tally = new Tally();
        var sources = Enumerable.Range(0, Sides).Select(_ => new StreamSource<long>()).ToArray();
        var pipeline = sources[0].Union([.. sources.Skip(1)]).Sink(tally.AddUnordered).Start();
        for (var i = 0L; i < Elements; i++)
        {
            await sources[i % Sides].EmitAsync(i);
        }

        await pipeline.DisposeAsync();
        tally.Verify(Elements, 0);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "one Channel, await WriteAsync")]
    public async Task OneChannel()
    {
        var tally = new Tally();
        var channel = Channel.CreateBounded<long>(new BoundedChannelOptions(Work.Capacity) { SingleReader = true });
        var reading = Task.Run(async () =>
        {
            await foreach (var value in channel.Reader.ReadAllAsync())
            {
                tally.AddUnordered(value);
            }
        });
        for (var i = 0L; i < Elements; i++)
        {
            await channel.Writer.WriteAsync(i);
        }

        channel.Writer.Complete();
        await reading;
        tally.Verify(Elements, 0);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Akka.Streams, Source.From and Merge")]
    public async Task AkkaFrom()
    {
        var tally = new Tally();
        var merged = Side(0);
        for (var side = 1; side < Sides; side++)
        {
            merged = merged.Merge(Side(side));
        }

        await merged.RunForeach(tally.AddUnordered, AkkaHost.Materializer);
        tally.Verify(Elements, 0);
    }

    private static Source<long, Akka.NotUsed> Side(int side) => Source.From(Work.Numbers(Elements).Where(value => value % Sides == side));
}
