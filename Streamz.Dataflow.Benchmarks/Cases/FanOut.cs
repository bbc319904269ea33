using System.Reactive.Linq;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Akka.Streams.Dsl;
using BenchmarkDotNet.Attributes;
using R3;
using Streamz.Dataflow.Benchmarks.Measuring;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>Ten branches with a sink each, and every branch gets every element. The numbers are per element that was emitted.</summary>
public class FanOut
{
    private const int Elements = 20_000;

    private static readonly ExecutionDataflowBlockOptions s_bounded = new() { BoundedCapacity = Work.Capacity };

    private readonly int _branches;

    public FanOut()
        : this(10)
    {
    }

    internal FanOut(int branches) => _branches = branches;

    [GlobalCleanup]
    public Task Stop() => AkkaHost.StopAsync();

    // A BroadcastBlock in front of bounded blocks would lose what a full block declines, so a hand-written fan-out sends to each.
    [Benchmark(Baseline = true, OperationsPerInvoke = Elements, Description = "hand-linked TPL Dataflow, await SendAsync")]
    public async Task HandLinkedBlocks()
    {
        var tallies = Tallies();
        var sinks = Array.ConvertAll(tallies, tally => new ActionBlock<long>(tally.Add, s_bounded));
        var splitter = new ActionBlock<long>(
            async value =>
            {
                foreach (var sink in sinks)
                {
                    await sink.SendAsync(value);
                }
            },
            s_bounded);
        for (var i = 0L; i < Elements; i++)
        {
            await splitter.SendAsync(i);
        }

        splitter.Complete();
        await splitter.Completion;
        foreach (var sink in sinks)
        {
            sink.Complete();
            await sink.Completion;
        }

        Verify(tallies);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, await EmitAsync")]
    public async Task StreamzEmitAsync()
    {
        var tallies = Tallies();
        var source = new StreamSource<long>();
        foreach (var tally in tallies)
        {
            source.Sink(tally.Add);
        }

        for (var i = 0L; i < Elements; i++)
        {
            await source.EmitAsync(i);
        }

        await source.CompleteAsync();
        Verify(tallies);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "a Channel for each branch")]
    public async Task Channels()
    {
        var tallies = Tallies();
        var options = new BoundedChannelOptions(Work.Capacity) { SingleReader = true, SingleWriter = true };
        var channels = Array.ConvertAll(tallies, _ => Channel.CreateBounded<long>(options));
        var reading = tallies.Zip(channels, (tally, channel) => Task.Run(async () =>
        {
            await foreach (var value in channel.Reader.ReadAllAsync())
            {
                tally.Add(value);
            }
        })).ToList();
        for (var i = 0L; i < Elements; i++)
        {
            foreach (var channel in channels)
            {
                await channel.Writer.WriteAsync(i);
            }
        }

        foreach (var channel in channels)
        {
            channel.Writer.Complete();
        }

        await Task.WhenAll(reading);
        Verify(tallies);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Akka.Streams, Source.From and AlsoTo")]
    public async Task AkkaFrom()
    {
        var tallies = Tallies();
        var source = Source.From(Work.Numbers(Elements)).MapMaterializedValue(_ => Task.CompletedTask);
        foreach (var tally in tallies)
        {
            source = source.AlsoToMaterialized(Sink.ForEach<long>(tally.Add), (before, done) => Task.WhenAll(before, done));
        }

        await source.To(Sink.Ignore<long>()).Run(AkkaHost.Materializer);
        Verify(tallies);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "System.Reactive (no queue)")]
    public void Reactive()
    {
        var tallies = Tallies();
        using var subject = new System.Reactive.Subjects.Subject<long>();
        foreach (var tally in tallies)
        {
            subject.Subscribe(tally.Add);
        }

        for (var i = 0L; i < Elements; i++)
        {
            subject.OnNext(i);
        }

        Verify(tallies);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "R3 (no queue)")]
    public void R3()
    {
        var tallies = Tallies();
        using var subject = new Subject<long>();
        foreach (var tally in tallies)
        {
            subject.Subscribe(tally.Add);
        }

        for (var i = 0L; i < Elements; i++)
        {
            subject.OnNext(i);
        }

        Verify(tallies);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "plain loop over delegates (floor)")]
    public void PlainLoop()
    {
        var tallies = Tallies();
        var sinks = Array.ConvertAll(tallies, tally => (Action<long>)tally.Add);
        for (var i = 0L; i < Elements; i++)
        {
            foreach (var sink in sinks)
            {
                sink(i);
            }
        }

        Verify(tallies);
    }

    private Tally[] Tallies() => [.. Enumerable.Range(0, _branches).Select(_ => new Tally())];

    private static void Verify(Tally[] tallies)
    {
        foreach (var tally in tallies)
        {
            tally.Verify(Elements, 0);
        }
    }
}
