using System.Reactive.Linq;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Akka.Streams.Dsl;
using BenchmarkDotNet.Attributes;
using R3;
using Streamz.Dataflow.Benchmarks.Measuring;

namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>A map that really awaits, four at a time, whose results leave in the order of their elements.</summary>
public class ParallelMap
{
    private const int Elements = 20_000;
    private const int Degree = 4;

    [GlobalCleanup]
    public Task Stop() => AkkaHost.StopAsync();

    [Benchmark(Baseline = true, OperationsPerInvoke = Elements, Description = "hand-linked TPL Dataflow, await SendAsync")]
    public async Task HandLinkedBlocks()
    {
        var tally = new Tally();
        var map = new TransformBlock<long, long>(
            Work.IncrementLaterAsync,
            new ExecutionDataflowBlockOptions { BoundedCapacity = Work.Capacity, MaxDegreeOfParallelism = Degree });
        var sink = new ActionBlock<long>(tally.Add, new ExecutionDataflowBlockOptions { BoundedCapacity = Work.Capacity });
        map.LinkTo(sink, new DataflowLinkOptions { PropagateCompletion = true });
        for (var i = 0L; i < Elements; i++)
        {
            await map.SendAsync(i);
        }

        map.Complete();
        await sink.Completion;
        tally.Verify(Elements, 1);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Streamz, await EmitAsync")]
    public async Task StreamzEmitAsync()
    {
        var tally = new Tally();
        var source = new StreamSource<long>();
        source.MapAsync(Work.IncrementLaterAsync, Degree, options: new NodeOptions { Capacity = Work.Capacity }).Sink(tally.Add);
        for (var i = 0L; i < Elements; i++)
        {
            await source.EmitAsync(i);
        }

        await source.CompleteAsync();
        tally.Verify(Elements, 1);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Channel of tasks and a semaphore")]
    public async Task ChannelOfTasks()
    {
        var tally = new Tally();
        using var places = new SemaphoreSlim(Degree);
        var started = Channel.CreateBounded<Task<long>>(new BoundedChannelOptions(Work.Capacity) { SingleReader = true, SingleWriter = true });
        var reading = Task.Run(async () =>
        {
            await foreach (var task in started.Reader.ReadAllAsync())
            {
                tally.Add(await task);
            }
        });
        for (var i = 0L; i < Elements; i++)
        {
            await places.WaitAsync();
            await started.Writer.WriteAsync(IncrementAndLeaveAsync(i, places));
        }

        started.Writer.Complete();
        await reading;
        tally.Verify(Elements, 1);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "Akka.Streams, Source.From")]
    public async Task AkkaFrom()
    {
        var tally = new Tally();
        await Source.From(Work.Numbers(Elements)).SelectAsync(Degree, Work.IncrementLaterAsync).RunForeach(tally.Add, AkkaHost.Materializer);
        tally.Verify(Elements, 1);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "System.Reactive (unordered, no bound)")]
    public async Task Reactive()
    {
        var tally = new Tally();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subject = new System.Reactive.Subjects.Subject<long>();
        using var subscription = subject
            .Select(value => System.Reactive.Linq.Observable.FromAsync(() => Work.IncrementLaterAsync(value)))
            .Merge(Degree)
            .Subscribe(tally.AddUnordered, done.SetException, done.SetResult);
        for (var i = 0L; i < Elements; i++)
        {
            subject.OnNext(i);
        }

        subject.OnCompleted();
        await done.Task;
        tally.Verify(Elements, 1);
    }

    // SequentialParallel is meant to keep the order, but with several at work two results swapped places now and then.
    [Benchmark(OperationsPerInvoke = Elements, Description = "R3 (order not sure, no bound)")]
    public async Task R3()
    {
        var tally = new Tally();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subject = new Subject<long>();
        using var subscription = subject
            .SelectAwait(
                static (value, _) => new ValueTask<long>(Work.IncrementLaterAsync(value)),
                AwaitOperation.SequentialParallel,
                configureAwait: false,
                cancelOnCompleted: false,
                maxConcurrent: Degree)
            .Subscribe(tally.AddUnordered, done.SetException, _ => done.SetResult());
        for (var i = 0L; i < Elements; i++)
        {
            subject.OnNext(i);
        }

        subject.OnCompleted();
        await done.Task;
        tally.Verify(Elements, 1);
    }

    [Benchmark(OperationsPerInvoke = Elements, Description = "plain loop, one await at a time (floor)")]
    public async Task PlainLoop()
    {
        var tally = new Tally();
        for (var i = 0L; i < Elements; i++)
        {
            tally.Add(await Work.IncrementLaterAsync(i));
        }

        tally.Verify(Elements, 1);
    }

    private static async Task<long> IncrementAndLeaveAsync(long value, SemaphoreSlim places)
    {
        try
        {
            return await Work.IncrementLaterAsync(value);
        }
        finally
        {
            places.Release();
        }
    }
}
