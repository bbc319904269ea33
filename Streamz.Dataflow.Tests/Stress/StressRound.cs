using System.Collections.Concurrent;
using System.Globalization;

namespace Streamz.Dataflow.Tests.Stress;

/// <summary>One round: a random graph, eight producers, and something that happens meanwhile. Everything follows from the seed but the threads.</summary>
internal sealed partial class StressRound
{
    private const int Producers = 8;
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(30);

    private readonly int _seed;
    private readonly Ending _ending;
    private readonly int _perProducer;
    private readonly int _actAfter;
    private readonly TimeSpan _deadline;
    private readonly bool _holdsThread;
    private readonly FaultPlan _faults;
    private readonly RandomGraph _graph;
    private readonly TaskCompletionSource _act = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<Item, Fate> _fates = new();
    private readonly List<string> _broken = [];
    private readonly Lock _brokenGate = new();
    private Pipeline _pipeline = null!;
    private int _emits;

    public StressRound(int seed)
    {
        _seed = seed;
        var random = new Random(seed);
        _ending = (Ending)random.Next((int)Ending.Count);
        _perProducer = random.Next(1, 40);
        _actAfter = random.Next(1, Producers * _perProducer);
        _deadline = TimeSpan.FromMilliseconds(random.Next(0, 6));
        _holdsThread = random.Next(8) == 0;
        var kind = random.Next(3) == 0 ? (FaultKind)random.Next(1, 4) : FaultKind.None;
        _faults = new FaultPlan(kind, kind != FaultKind.None && random.Next(2) == 0, random.Next(6), (uint)random.Next(1, 80));
        _graph = new RandomGraph(
            random,
            new StreamOptions
            {
                Capacity = random.Next(3) switch { 0 => 1, 1 => random.Next(2, 9), _ => 128 },
                Fuse = random.Next(3) != 0,
                OnError = _faults.Skips ? ErrorPolicy.Skip : ErrorPolicy.Stop,
            },
            _faults);
    }

    private enum Ending
    {
        CompleteEach,
        CompleteRacing,
        IdleThenDispose,
        StopRacing,
        StopAtEnd,
        DisposeRacing,
        Count,
    }

    private enum Fate
    {
        Accepted,
        Refused,
        Delivered,
        Dropped,
        Abandoned,
        Failed,
    }

    public async Task RunAsync()
    {
        _pipeline = _graph.Sources[0].Start();
        var readers = _graph.Readers.Select(Task.Run).ToList();
        var producers = Enumerable.Range(0, Producers).Select(StartProducer).ToList();
        await OrReportHang(EndAsync(producers), "the ending");
        await OrReportHang(Task.WhenAll(producers), "a producer or an emit");
        await OrReportHang(_pipeline.Completion.ContinueWith(_ => { }, TaskScheduler.Default), "the completion");
        await OrReportHang(Task.WhenAll(readers), "a reader");
        Check();
        if (_broken.Count > 0)
        {
            throw new AssertionException($"{_broken.Count} laws broken:\n{string.Join('\n', _broken.Take(20))}\n{this}");
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"STREAMZ_STRESS_SEED={_seed}\n{_ending} after {_actAfter}, {_perProducer} from each producer, deadline {_deadline.TotalMilliseconds} ms, {_faults}\n{_graph}{State()}");

    private string State() =>
        _pipeline is null
            ? ""
            : $"{_pipeline.Explain()}{string.Join('\n', _pipeline.GetSnapshot().Nodes)}\n{string.Join('\n', _pipeline.Run.Ports.Select(port => $"port of {port.Node.NodeName}/{port.Input}: accepted {port.Accepted}, occupied {port.Occupied}, kept {port.Kept}, waiting {port.Waiting}, open edges {port.OpenEdges}, ended {port.HasEnded}"))}\n"
                + $"{string.Join('\n', _pipeline.Run.Segments.Select(segment => $"segment {segment.Number}: resting {segment.Flow.IsResting}, {segment.Completion.Status}"))}\n"
                + $"{string.Join('\n', _pipeline.Run.Loops.Select(loop => $"loop: in flight {loop.InFlight}"))}\nidle {_pipeline.Run.Activity.IsIdle}, settled {_pipeline.Run.Activity.IsSettled}, completion {_pipeline.Completion.Status} {_pipeline.Completion.Exception?.InnerException?.InnerException}";

    private async Task OrReportHang(Task task, string what)
    {
        try
        {
            await task.WaitAsync(s_hang);
        }
        catch (TimeoutException)
        {
            throw new AssertionException($"{what} hangs.\n{this}");
        }
    }

    private Task StartProducer(int producer) =>
        producer == 0 && _holdsThread
            ? Task.Factory.StartNew(() => Block(producer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : Task.Run(() => ProduceAsync(producer));

    private void Block(int producer)
    {
        var source = producer % _graph.Sources.Count;
        for (var number = 0; number < _perProducer; number++)
        {
            var item = new Item(source, producer, number);
            Count();
            try
            {
                _graph.Sources[source].Emit(item);
                _fates[item] = Fate.Accepted;
            }
            catch (Exception refused)
            {
                Refuse(item, refused);
            }
        }
    }

    private async Task ProduceAsync(int producer)
    {
        var random = new Random((_seed * Producers) + producer);
        var source = producer % _graph.Sources.Count;
        var pending = new List<Task>();
        for (var number = 0; number < _perProducer; number++)
        {
            var item = new Item(source, producer, number);
            Count();
            switch (random.Next(8))
            {
                case 0 or 1:
                    await EmitAsync(item, CancellationToken.None);
                    break;
                case 2:
                    pending.Add(EmitAsync(item, CancellationToken.None));
                    break;
                case 3 when !_graph.Holds:
                    await DeliverAsync(item, CancellationToken.None);
                    break;
                case 3 or 4:
                    pending.Add(DeliverAsync(item, CancellationToken.None));
                    break;
                case 5:
                    pending.Add(CancelAsync(item, random.Next(4)));
                    break;
                case 6:
                    TryEmit(item);
                    break;
                default:
                    await EmitAsync(item, CancellationToken.None);
                    await Task.Yield();
                    break;
            }
        }

        await Task.WhenAll(pending);
    }

    private void Count()
    {
        if (Interlocked.Increment(ref _emits) == _actAfter)
        {
            _act.TrySetResult();
        }
    }

    private async Task CancelAsync(Item item, int yields)
    {
        using var cancel = new CancellationTokenSource();
        var emit = yields % 2 == 0 ? EmitAsync(item, cancel.Token) : DeliverAsync(item, cancel.Token);
        for (; yields > 0; yields--)
        {
            await Task.Yield();
        }

        await cancel.CancelAsync();
        await emit;
    }

    private async Task EmitAsync(Item item, CancellationToken cancellation)
    {
        try
        {
            await _graph.Sources[item.Source].EmitAsync(item, cancellation);
            _fates[item] = Fate.Accepted;
        }
        catch (Exception refused)
        {
            Refuse(item, refused);
        }
    }

    private void TryEmit(Item item)
    {
        try
        {
            _fates[item] = _graph.Sources[item.Source].TryEmit(item) ? Fate.Accepted : Fate.Refused;
        }
        catch (Exception refused)
        {
            Refuse(item, refused);
        }
    }

    private async Task DeliverAsync(Item item, CancellationToken cancellation)
    {
        try
        {
            var outcome = await _graph.Sources[item.Source].DeliverAsync(item, cancellation);
            _fates[item] = outcome == DeliveryOutcome.Delivered ? Fate.Delivered : Fate.Dropped;
            if (outcome == DeliveryOutcome.Delivered)
            {
                CheckArrived(item, "was delivered");
            }
            else if (!_graph.Drops && (!_faults.Skips || _faults.Failed.IsEmpty))
            {
                // Elements of one batch share their fate: one that fails drops its neighbours' tickets, too.
                Break($"{item} was dropped though nothing drops");
            }
        }
        catch (ElementAbandonedException)
        {
            _fates[item] = Fate.Abandoned;
        }
        catch (NodeFailedException)
        {
            _fates[item] = Fate.Failed;
        }
        catch (Exception refused)
        {
            Refuse(item, refused);
        }
    }

    private void Refuse(Item item, Exception reason)
    {
        _fates[item] = Fate.Refused;
        if (reason is not (PipelineClosedException or NodeFailedException or OperationCanceledException))
        {
            Break($"the emit of {item} threw {reason}");
        }
    }

    private async Task EndAsync(List<Task> producers)
    {
        switch (_ending)
        {
            case Ending.CompleteEach:
                await Task.WhenAny(Task.WhenAll(producers), Holding());
                foreach (var source in _graph.Sources)
                {
                    await CompleteAsync(source);
                }

                break;
            case Ending.CompleteRacing:
                await _act.Task;
                await Task.WhenAll(_graph.Sources.Select(CompleteAsync));
                break;
            case Ending.IdleThenDispose:
                // Partial partitions would never let these deliveries end.
                await Task.WhenAny(Task.WhenAll(producers), _pipeline.Completion, Holding());
                await _pipeline.WhenIdleAsync();
                CheckIdle(producers);
                await _pipeline.DisposeAsync();
                break;
            case Ending.StopRacing:
                await _act.Task;
                await _pipeline.StopAsync(_deadline);
                break;
            case Ending.StopAtEnd:
                await Task.WhenAny(Task.WhenAll(producers), Holding());
                await _pipeline.StopAsync(Timeout.InfiniteTimeSpan);
                break;
            default:
                await _act.Task;
                await _pipeline.DisposeAsync();
                break;
        }
    }

    /// <summary>Ends after a while where an operator may hold what a producer waits for, and never elsewhere.</summary>
    private Task Holding() => Task.Delay(_graph.Holds ? TimeSpan.FromMilliseconds(20) : Timeout.InfiniteTimeSpan);

    private async Task CompleteAsync(StreamSource<Item> source)
    {
        try
        {
            await source.CompleteAsync();
        }
        catch (NodeFailedException)
        {
        }
    }
}
