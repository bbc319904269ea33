using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace Streamz.Dataflow.Tests.Stress;

/// <summary>
/// One round: a random graph with faults and policies at its nodes, eight producers, two editors, and an end at any moment. Everything follows
/// from the seed but the threads.
/// </summary>
internal sealed partial class ChaosRound
{
    private const int Producers = 8;
    private const int Editors = 2;
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(30);

    private readonly int _seed;
    private readonly Ending _ending;
    private readonly int _perProducer;
    private readonly int _actAfter;
    private readonly TimeSpan _deadline;
    private readonly bool _holdsThread;
    private readonly bool _mayPause;
    private readonly int _edits;
    private readonly FakeTimeProvider? _fakeClock;
    private readonly CountingTimeProvider _clock;
    private readonly FaultPlan _faults;
    private readonly RandomGraph _graph;
    private readonly TaskCompletionSource _act = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<Item, Fate> _fates = new();
    private readonly List<string> _broken = [];
    private readonly Lock _brokenGate = new();
    private Pipeline _pipeline = null!;
    private int _emits;

    public ChaosRound(int seed)
    {
        _seed = seed;
        var random = new Random(seed);
        _ending = (Ending)random.Next((int)Ending.Count);
        _perProducer = random.Next(1, 40);
        _actAfter = random.Next(1, Producers * _perProducer);
        _deadline = TimeSpan.FromMilliseconds(random.Next(0, 6));
        _holdsThread = random.Next(8) == 0;
        _mayPause = random.Next(3) == 0;
        _edits = random.Next(4) == 0 ? 0 : random.Next(1, 8);
        _fakeClock = random.Next(3) == 0 ? new FakeTimeProvider() : null;
        _clock = new CountingTimeProvider(_fakeClock ?? TimeProvider.System);
        _faults = new FaultPlan(random);
        _graph = new RandomGraph(
            random,
            new StreamOptions
            {
                Capacity = random.Next(3) switch { 0 => 1, 1 => random.Next(2, 9), _ => 128 },
                Fuse = random.Next(3) != 0,
                TimeProvider = _clock,
                OnError = _faults.OnError,
            },
            _faults);
    }

    /// <summary>Whether an operator may hold elements until the end, so that nobody can wait for each delivery; an edit may add one.</summary>
    private bool MayHold => _graph.Holds || _edits > 0;

    private enum Ending
    {
        CompleteEach,
        CompleteRacing,
        IdleThenDispose,
        StopRacing,
        AbortRacing,
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
        var editors = Enumerable.Range(0, Editors).Select(editor => Task.Run(() => EditAsync(editor))).ToList();
        var clock = Task.Run(MoveClockAsync);
        await OrReportHang(EndAsync(producers, editors), "the ending");
        await OrReportHang(Task.WhenAll(producers), "a producer or an emit");
        await OrReportHang(_pipeline.Completion.ContinueWith(_ => { }, TaskScheduler.Default), "the completion");
        await OrReportHang(Task.WhenAll(readers), "a reader");
        await OrReportHang(Task.WhenAll(editors), "an edit");
        await OrReportHang(clock, "the clock");
        Check();
        if (_broken.Count > 0)
        {
            throw new AssertionException($"{_broken.Count} laws broken:\n{string.Join('\n', _broken.Take(20))}\n{this}");
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"STREAMZ_STRESS_SEED={_seed}\n{_ending} after {_actAfter}, {_perProducer} from each producer, deadline {_deadline.TotalMilliseconds} ms, {(_fakeClock is null ? "real" : "fake")} clock\n{_faults}\n{_graph}edits:\n{Edits()}\n{State()}");

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

    private async Task EndAsync(List<Task> producers, List<Task> editors)
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
                await Task.WhenAll(editors);
                var hasAll = producers.TrueForAll(producer => producer.IsCompleted);
                await _pipeline.WhenIdleAsync();
                if (hasAll)
                {
                    CheckIdle();
                }

                await _pipeline.DisposeAsync();
                break;
            case Ending.StopRacing:
                await _act.Task;
                await _pipeline.StopAsync(_deadline);
                break;
            case Ending.AbortRacing:
                await _act.Task;
                await _pipeline.StopAsync(TimeSpan.Zero);
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
    private Task Holding() => Task.Delay(MayHold ? TimeSpan.FromMilliseconds(20) : Timeout.InfiniteTimeSpan);

    /// <summary>Where time is the test's it never stands still, so that nothing has to wait for somebody who moves it.</summary>
    private async Task MoveClockAsync()
    {
        while (_fakeClock is not null && !_pipeline.Completion.IsCompleted)
        {
            _fakeClock.Advance(TimeSpan.FromMicroseconds(300));
            await Task.Yield();
        }
    }

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
