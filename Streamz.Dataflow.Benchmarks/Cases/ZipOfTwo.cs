using System.Reactive.Linq;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Akka.Streams.Dsl;
using BenchmarkDotNet.Attributes;
using R3;
using Streamz.Dataflow.Benchmarks.Measuring;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>Two sources, fed in turn, whose elements are paired. The numbers are per pair.</summary>
public class ZipOfTwo
{
    private const int Elements = 50_000;

    [GlobalCleanup]
    public Task Stop() => AkkaHost.StopAsync();

    [Benchmark(Baseline = true, OperationsPerInvoke = Elements, Description = "hand-linked TPL Dataflow, await SendAsync")]
    public async Task HandLinkedBlocks()
    {
        var tally = new Tally();
        var join = new JoinBlock<long, long>(new GroupingDataflowBlockOptions { BoundedCapacity = Work.Capacity });
        var sink = new ActionBlock<Tuple<long, long>>(
            pair => AddPair(tally, pair.Item1, pair.Item2), new ExecutionDataflowBlockOptions { BoundedCapacity = Work.Capacity });
        join.LinkTo(sink, new DataflowLinkOptions { PropagateCompletion = true });
        for (var i = 0L; i < Elements; i++)
        {
            await join.Target1.SendAsync(i);
            await join.Target2.SendAsync(i);
        }

        join.Complete();
        await sink.Completion;
        tally.Verify(Elements, 0);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, await EmitAsync")]
    public async Task StreamzEmitAsync()
    {
        var tally = new Tally();
        var first = new StreamSource<long>();
        var second = new StreamSource<long>();
        var pipeline = first.Zip(second, maxSize: Work.Capacity).Sink(pair => AddPair(tally, pair.First, pair.Second)).Start();
        for (var i = 0L; i < Elements; i++)
        {
            await first.EmitAsync(i);
            await second.EmitAsync(i);
        }

        await pipeline.DisposeAsync();
        tally.Verify(Elements, 0);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, FromEnumerable")]
    public async Task StreamzFromEnumerable()
    {
        var tally = new Tally();
        await StreamSource.FromEnumerable(Work.Numbers(Elements)).Zip(StreamSource.FromEnumerable(Work.Numbers(Elements)), maxSize: Work.Capacity)
            .Sink(pair => AddPair(tally, pair.First, pair.Second)).Start().Completion;
        tally.Verify(Elements, 0);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "two Channels, await WriteAsync")]
    public async Task Channels()
    {
        var tally = new Tally();
        var options = new BoundedChannelOptions(Work.Capacity) { SingleReader = true, SingleWriter = true };
        var first = Channel.CreateBounded<long>(options);
        var second = Channel.CreateBounded<long>(options);
        var reading = Task.Run(async () =>
        {
            await foreach (var value in first.Reader.ReadAllAsync())
            {
                AddPair(tally, value, await second.Reader.ReadAsync());
            }
        });
        for (var i = 0L; i < Elements; i++)
        {
            await first.Writer.WriteAsync(i);
            await second.Writer.WriteAsync(i);
        }

        first.Writer.Complete();
        await reading;
        tally.Verify(Elements, 0);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Akka.Streams, Source.From")]
    public async Task AkkaFrom()
    {
        var tally = new Tally();
        await Source.From(Work.Numbers(Elements))
            .Zip(Source.From(Work.Numbers(Elements)))
            .RunForeach(pair => AddPair(tally, pair.Item1, pair.Item2), AkkaHost.Materializer);
        tally.Verify(Elements, 0);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "System.Reactive (no bound)")]
    public void Reactive()
    {
        var tally = new Tally();
        using var first = new System.Reactive.Subjects.Subject<long>();
        using var second = new System.Reactive.Subjects.Subject<long>();
        using var subscription = first.Zip(second, (x, y) => (x, y)).Subscribe(pair => AddPair(tally, pair.x, pair.y));
        for (var i = 0L; i < Elements; i++)
        {
            first.OnNext(i);
            second.OnNext(i);
        }

        tally.Verify(Elements, 0);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "R3 (no bound)")]
    public void R3()
    {
        var tally = new Tally();
        using var first = new Subject<long>();
        using var second = new Subject<long>();
        using var subscription = first.Zip(second, (x, y) => (x, y)).Subscribe(pair => AddPair(tally, pair.x, pair.y));
        for (var i = 0L; i < Elements; i++)
        {
            first.OnNext(i);
            second.OnNext(i);
        }

        tally.Verify(Elements, 0);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "plain loop over delegates (floor)")]
    public void PlainLoop()
    {
        var tally = new Tally();
        Action<(long First, long Second)> sink = pair => AddPair(tally, pair.First, pair.Second);
        for (var i = 0L; i < Elements; i++)
        {
            sink((i, i));
        }

        tally.Verify(Elements, 0);
    }

    // A wrong pair shows in the sum and in the order.
    private static void AddPair(Tally tally, long first, long second) => tally.Add(first == second ? first : -1);
}
