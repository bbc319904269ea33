using System.Reactive.Linq;
using System.Threading.Tasks.Dataflow;
using Akka.Streams;
using Akka.Streams.Dsl;
using BenchmarkDotNet.Attributes;
using R3;
using Streamz.Dataflow.Benchmarks.Measuring;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>A chain of maps and a sink. Every run builds its chain, feeds it, and waits until the last element is through.</summary>
public abstract class MapChain
{
    private const int Elements = 100_000;

    private static readonly DataflowLinkOptions s_propagating = new() { PropagateCompletion = true };

    private static readonly long[] s_numbers = [.. Work.Numbers(Elements)];

    private static readonly List<long> s_list = [.. s_numbers];

    private readonly int _maps;
    private readonly StreamOptions _options;
    private readonly ExecutionDataflowBlockOptions _bounded;

    private protected MapChain(int maps, int capacity = Work.Capacity)
    {
        _maps = maps;
        _options = new StreamOptions { Capacity = capacity };
        _bounded = new ExecutionDataflowBlockOptions { BoundedCapacity = capacity };
    }

    [GlobalCleanup]
    public Task Stop() => AkkaHost.StopAsync();

    [Benchmark(Baseline = true, OperationsPerInvoke = Elements, Description = "one ActionBlock, await SendAsync")]
    public async Task ActionBlock()
    {
        var tally = new Tally();
        var maps = Delegates();
        var block = new ActionBlock<long>(value => tally.Add(Apply(maps, value)), _bounded);
        for (var i = 0L; i < Elements; i++)
        {
            await block.SendAsync(i);
        }

        block.Complete();
        await block.Completion;
        tally.Verify(Elements, _maps);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, await EmitAsync")]
    public async Task StreamzEmitAsync()
    {
        var tally = new Tally();
        var source = new StreamSource<long>(_options);
        Chain(source).Sink(tally.Add);
        for (var i = 0L; i < Elements; i++)
        {
            await source.EmitAsync(i);
        }

        await source.CompleteAsync();
        tally.Verify(Elements, _maps);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, EmitAllAsync of an iterator")]
    public async Task StreamzEmitAllAsync()
    {
        var tally = new Tally();
        var source = new StreamSource<long>(_options);
        Chain(source).Sink(tally.Add);
        await source.EmitAllAsync(Work.Numbers(Elements));
        await source.CompleteAsync();
        tally.Verify(Elements, _maps);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, EmitAllAsync of an array")]
    public async Task StreamzEmitArray()
    {
        var tally = new Tally();
        var source = new StreamSource<long>(_options);
        Chain(source).Sink(tally.Add);
        await source.EmitAllAsync(s_numbers);
        await source.CompleteAsync();
        tally.Verify(Elements, _maps);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, EmitAllAsync of a list")]
    public async Task StreamzEmitList()
    {
        var tally = new Tally();
        var source = new StreamSource<long>(_options);
        Chain(source).Sink(tally.Add);
        await source.EmitAllAsync(s_list);
        await source.CompleteAsync();
        tally.Verify(Elements, _maps);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, FromEnumerable of a list")]
    public async Task StreamzFromList()
    {
        var tally = new Tally();
        var pipeline = Chain(StreamSource.FromEnumerable(s_list, _options)).Sink(tally.Add).Start();
        await pipeline.Completion;
        tally.Verify(Elements, _maps);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, FromEnumerable of an iterator")]
    public async Task StreamzFromEnumerable()
    {
        var tally = new Tally();
        var pipeline = Chain(StreamSource.FromEnumerable(Work.Numbers(Elements), _options)).Sink(tally.Add).Start();
        await pipeline.Completion;
        tally.Verify(Elements, _maps);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "hand-linked TPL Dataflow, await SendAsync")]
    public async Task HandLinkedBlocks()
    {
        var tally = new Tally();
        var head = new TransformBlock<long, long>(Work.IncrementAt(0), _bounded);
        var last = head;
        for (var i = 1; i < _maps; i++)
        {
            var next = new TransformBlock<long, long>(Work.IncrementAt(i), _bounded);
            last.LinkTo(next, s_propagating);
            last = next;
        }

        var sink = new ActionBlock<long>(tally.Add, _bounded);
        last.LinkTo(sink, s_propagating);
        for (var i = 0L; i < Elements; i++)
        {
            await head.SendAsync(i);
        }

        head.Complete();
        await sink.Completion;
        tally.Verify(Elements, _maps);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "one Channel, await WriteAsync")]
    public async Task OneChannel()
    {
        var tally = new Tally();
        var maps = Delegates();
        var channel = ChannelHops.Create();
        var reading = channel.Reader.ForEachAsync(value => tally.Add(Apply(maps, value)));
        for (var i = 0L; i < Elements; i++)
        {
            await channel.Writer.WriteAsync(i);
        }

        channel.Writer.Complete();
        await reading;
        tally.Verify(Elements, _maps);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "a Channel before each map")]
    public async Task ChannelPerMap()
    {
        var tally = new Tally();
        var head = ChannelHops.Create();
        var reader = head.Reader;
        for (var i = 0; i < _maps; i++)
        {
            reader = reader.Then(Work.IncrementAt(i));
        }

        var reading = reader.ForEachAsync(tally.Add);
        for (var i = 0L; i < Elements; i++)
        {
            await head.Writer.WriteAsync(i);
        }

        head.Writer.Complete();
        await reading;
        tally.Verify(Elements, _maps);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Akka.Streams, Source.From")]
    public async Task AkkaFrom()
    {
        var tally = new Tally();
        var source = Source.From(Work.Numbers(Elements));
        for (var i = 0; i < _maps; i++)
        {
            source = source.Select(Work.IncrementAt(i));
        }

        await source.RunForeach(tally.Add, AkkaHost.Materializer);
        tally.Verify(Elements, _maps);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Akka.Streams, await OfferAsync")]
    public async Task AkkaQueue()
    {
        var tally = new Tally();
        var source = Source.Queue<long>(Work.Capacity, OverflowStrategy.Backpressure);
        for (var i = 0; i < _maps; i++)
        {
            source = source.Select(Work.IncrementAt(i));
        }

        var (queue, done) = source.ToMaterialized(Sink.ForEach<long>(tally.Add), Keep.Both).Run(AkkaHost.Materializer);
        for (var i = 0L; i < Elements; i++)
        {
            await queue.OfferAsync(i);
        }

        queue.Complete();
        await done;
        tally.Verify(Elements, _maps);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "System.Reactive (no queue)")]
    public void Reactive()
    {
        var tally = new Tally();
        using var subject = new System.Reactive.Subjects.Subject<long>();
        IObservable<long> last = subject;
        for (var i = 0; i < _maps; i++)
        {
            last = last.Select(Work.IncrementAt(i));
        }

        using var subscription = last.Subscribe(tally.Add);
        for (var i = 0L; i < Elements; i++)
        {
            subject.OnNext(i);
        }

        tally.Verify(Elements, _maps);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "R3 (no queue)")]
    public void R3()
    {
        var tally = new Tally();
        using var subject = new Subject<long>();
        Observable<long> last = subject;
        for (var i = 0; i < _maps; i++)
        {
            last = last.Select(Work.IncrementAt(i));
        }

        using var subscription = last.Subscribe(tally.Add);
        for (var i = 0L; i < Elements; i++)
        {
            subject.OnNext(i);
        }

        tally.Verify(Elements, _maps);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "plain loop over delegates (floor)")]
    public void PlainLoop()
    {
        var tally = new Tally();
        var maps = Delegates();
        for (var i = 0L; i < Elements; i++)
        {
            tally.Add(Apply(maps, i));
        }

        tally.Verify(Elements, _maps);
    }

    private static long Apply(Func<long, long>[] maps, long value)
    {
        foreach (var map in maps)
        {
            value = map(value);
        }

        return value;
    }

    private Func<long, long>[] Delegates() => [.. Enumerable.Range(0, _maps).Select(Work.IncrementAt)];

    private Stream<long> Chain(Stream<long> stream)
    {
        for (var i = 0; i < _maps; i++)
        {
            stream = stream.Map(Work.IncrementAt(i));
        }

        return stream;
    }
}
