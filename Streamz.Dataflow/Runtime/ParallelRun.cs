using System.Threading.Tasks.Dataflow;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>The workers of a parallel node.</summary>
internal interface IParallelRun
{
    /// <summary>Starts no more elements, and discards the results that are not pushed on yet.</summary>
    void Halt();

    /// <summary>Gives the workers no more elements until <see cref="GoOn"/>.</summary>
    /// <param name="drain">The number of this drain, which is the last until another one is asked for.</param>
    /// <returns>A task that completes when those that they have are finished.</returns>
    Task DrainAsync(out int drain);

    /// <summary>Goes on with other workers after a drain; nothing happens if it is not the last, or if the workers are paused.</summary>
    /// <param name="degree">How many elements they work on at once.</param>
    /// <param name="places">How many elements the node may hold.</param>
    /// <param name="drain">The number of the drain.</param>
    void GoOn(int degree, int places, int drain);

    /// <summary>Goes on without workers after a drain.</summary>
    void Pause();

    /// <summary>Ends <see cref="Pause"/>.</summary>
    void Resume();
}

/// <summary>
/// The workers of a parallel node: an <see cref="ActionBlock{TInput}"/> with the node's degree of parallelism makes results,
/// which the node's segment pushes on, in the order of their elements unless told otherwise.
/// </summary>
/// <remarks>
/// An element keeps its place at the entry port until its result has left the segment, so the elements waiting, at work and
/// finished but not at their turn are bounded together. The queue of slots and the counts belong to the segment's gate. A
/// failure that stops the pipeline takes its turn like a result: what entered before it is still pushed on; what starts after
/// it is not.
/// As many elements count as moving, or as in user code, as have a worker: those that wait for one, and results that wait for
/// their turn, move only when another does.
/// </remarks>
internal sealed partial class ParallelRun<TIn, TOut> : IParallelRun, IDispatcher<TIn>, IUserWaits
{
    private static readonly ContextCallback s_run = static state =>
    {
        var slot = (Slot)state!;
        slot.Work = slot.Owner.RunSlotAsync(slot);
    };

    private readonly NodeRun _node;
    private readonly ParallelStage<TIn, TOut> _stage;
    private readonly bool _ordered;
    private readonly Queue<Slot> _slots = new();
    private readonly System.Collections.Concurrent.ConcurrentQueue<Slot> _unstarted = new();
    private volatile ActionBlock<Slot> _workers;
    private Port<TOut> _results = null!;
    private Port _entry = null!;
    private int _degree;
    private int _outstanding;
    private int _unfinished;
    private int _starts;
    private long _sequence;
    private long _failedAt = long.MaxValue;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<Slot, CancellationTokenSource> _retrying = new();
    private readonly bool _isInPipeline;
    private volatile bool _halted;

    public ParallelRun(NodeRun node, ParallelStage<TIn, TOut> stage, int places)
    {
        _node = node;
        _stage = stage;
        _ordered = node.Node.IsOrdered;
        _isInPipeline = node.Policy.Around is not null;
        _degree = node.Node.MaxDegreeOfParallelism;
        _workers = MakeWorkers(places);
    }

    public NodeRun Node => _node;

    bool IDispatcher<TIn>.IsDrained => _outstanding == 0;

    public void Attach(Port entry, Port<TOut> results)
    {
        _entry = entry;
        _results = results;
    }

    void IDispatcher<TIn>.Enqueue(Element<TIn> element)
    {
        var slot = new Slot(this, element, _sequence++);
        _outstanding++;
        if (++_unfinished <= _degree)
        {
            _node.Run.Activity.Add(RunActivity.Moving);
        }

        NoteWorkers();
        if (_ordered)
        {
            _slots.Enqueue(slot);
        }

        _unstarted.Enqueue(slot);
    }

    /// <remarks>
    /// One caller at a time posts, in order; whoever comes meanwhile has him look once more. What the block has no room for, or what comes while the
    /// workers are being replaced, is looked at again when an element is finished or the others are there.
    /// </remarks>
    void IDispatcher<TIn>.Start()
    {
        if (Interlocked.Increment(ref _starts) != 1)
        {
            return;
        }

        int seen;
        do
        {
            seen = Volatile.Read(ref _starts);
            while (_unstarted.TryPeek(out var slot) && _workers.Post(slot))
            {
                _unstarted.TryDequeue(out _);
            }
        }
        while (Interlocked.Add(ref _starts, -seen) != 0);
    }

    public void Halt()
    {
        _halted = true;
        Interlocked.Exchange(ref _failedAt, -1);
        CancelRetries();
    }

    public void BeginUserWait() => _node.Run.Activity.Add(RunActivity.User - RunActivity.Moving);

    public void EndUserWait() => _node.Run.Activity.Add(RunActivity.Moving - RunActivity.User);

    private ActionBlock<Slot> MakeWorkers(int places) => new(RunAsync, new ExecutionDataflowBlockOptions
    {
        MaxDegreeOfParallelism = _degree,
        // A place may be free, and taken again, while the call that gave it back has not returned: the block counts both.
        BoundedCapacity = (int)Math.Min(int.MaxValue, (long)places + _degree),
        MaxMessagesPerTask = _node.Run.MaxMessagesPerTask,
        TaskScheduler = _node.Run.Scheduler,
    });

    private Task RunAsync(Slot slot)
    {
        ExecutionContext.Run(_node.Run.Scope, s_run, slot);
        return slot.Work!;
    }

    private async Task RunSlotAsync(Slot slot)
    {
        if (slot.Sequence > Interlocked.Read(ref _failedAt))
        {
            slot.IsAbandoned = true;
        }
        else
        {
            await InvokeAsync(slot).ConfigureAwait(true);
        }

        Finish(slot);
    }

    private async ValueTask InvokeAsync(Slot slot)
    {
        using var limit = _node.LimitCall();
        System.Diagnostics.Activity? activity = null;
        try
        {
            activity = StartActivity(slot.Element);
            if (_isInPipeline)
            {
                using var course = new SlotCourse<TIn, TOut>(this, slot, limit);
                await course.RunAsync().ConfigureAwait(true);
                return;
            }

            var pending = CallAsync(slot, limit);
            if (!pending.IsCompletedSuccessfully)
            {
                await pending.ConfigureAwait(true);
            }
        }
        catch (OperationCanceledException) when (_node.Aborted.IsCancellationRequested)
        {
            slot.IsAbandoned = true;
        }
        catch (Exception thrown)
        {
            using var course = new SlotCourse<TIn, TOut>(this, slot, limit);
            await course.SettleAsync(limit?.Explain(thrown) ?? thrown).ConfigureAwait(true);
        }
        finally
        {
            activity?.Dispose();
        }
    }

    /// <summary>Makes one call from value to result.</summary>
    public ValueTask CallAsync(Slot slot, CallTimeout? limit, CancellationToken? cancellation = null)
    {
        var pending = _stage.InvokeAsync(slot.Element.Value, limit?.Begin(cancellation) ?? cancellation ?? _node.Aborted);
        if (pending.IsCompletedSuccessfully)
        {
            slot.Result = pending.Result;
            return default;
        }

        return FinishCallAsync(slot, pending);
    }

    private async ValueTask FinishCallAsync(Slot slot, ValueTask<TOut> pending) =>
        slot.Result = await UserWait.RunAsync(this, pending).ConfigureAwait(true);

    /// <summary>An element has failed, and the pipeline stops when it is its turn.</summary>
    public void Stop(Slot slot, Exception failure)
    {
        slot.Failure = failure;
        slot.Stops = true;
        _node.NoteFailure(failure, slot.Element.Context);
        if (_ordered)
        {
            // At once, though the failure itself takes its turn: nothing new is to enter behind it.
            LowerFailedAt(slot.Sequence);
            _node.Run.RefuseIntake(_node, failure);
        }
    }

    /// <summary>Ends the attempts of an element as soon as one in front of it stops the pipeline.</summary>
    public void Follow(Slot slot, CancellationTokenSource end)
    {
        _retrying.TryAdd(slot, end);
        CancelRetries();
    }

    public void Unfollow(Slot slot) => _retrying.TryRemove(slot, out _);

    private void CancelRetries()
    {
        foreach (var (slot, end) in _retrying)
        {
            if (slot.Sequence > Interlocked.Read(ref _failedAt))
            {
                end.Cancel();
            }
        }
    }

    private void Finish(Slot slot)
    {
        var turns = new List<Slot>(1);
        var withoutResult = 0;
        Chunk? chunk;
        lock (_node.Segment.Gate)
        {
            slot.IsFinished = true;
            if (--_unfinished >= _degree)
            {
                // One that waited for a worker has one now, and moves.
                _node.Run.Activity.Add(RunActivity.Moving);
            }

            NoteWorkers();
            if (_ordered)
            {
                while (_slots.TryPeek(out var next) && next.IsFinished)
                {
                    turns.Add(_slots.Dequeue());
                    Deliver(next);
                }
            }
            else
            {
                turns.Add(slot);
                Deliver(slot);
            }

            chunk = _node.Segment.TakeIfIdle();
        }

        _node.Segment.Post(chunk);
        foreach (var turn in turns)
        {
            if (turn.Stops)
            {
                LowerFailedAt(turn.Sequence);
                _node.Run.Fault(_node, turn.Failure!);
            }

            if (!turn.HasResult)
            {
                turn.Element.Context?.Release();
                _entry.CountProcessed();
                _entry.ReturnPlace();
                _entry.ReachMarksIfAny();
                _entry.Loop?.Exit();
                withoutResult++;
            }
        }

        if (withoutResult > 0)
        {
            // Only now may the node end: a run that ended before would not know the failure, and abandon the tickets.
            lock (_node.Segment.Gate)
            {
                _outstanding -= withoutResult;
            }

            _node.Segment.Wake();
        }

        if (!_unstarted.IsEmpty)
        {
            ((IDispatcher<TIn>)this).Start();
        }

        _node.Run.Activity.Add(-RunActivity.Moving);
    }

    /// <summary>Hands a result to the segment. Called under the gate.</summary>
    private void Deliver(Slot slot)
    {
        if (!slot.HasResult)
        {
            if (slot.IsAbandoned)
            {
                _node.OnAbandoned(slot.Element.Context);
            }

            return;
        }

        if (_halted || (_ordered && slot.Sequence > Interlocked.Read(ref _failedAt)))
        {
            slot.IsAbandoned = true;
            _node.OnAbandoned(slot.Element.Context);
            return;
        }

        _outstanding--;
        _results.Store(slot.Element.With(slot.Result!));
    }

    private void LowerFailedAt(long sequence)
    {
        var seen = Interlocked.Read(ref _failedAt);
        while (sequence < seen)
        {
            var before = Interlocked.CompareExchange(ref _failedAt, sequence, seen);
            if (before == seen)
            {
                CancelRetries();
                return;
            }

            seen = before;
        }
    }

    internal sealed class Slot(ParallelRun<TIn, TOut> owner, Element<TIn> element, long sequence)
    {
        public ParallelRun<TIn, TOut> Owner { get; } = owner;

        public Element<TIn> Element { get; } = element;

        public long Sequence { get; } = sequence;

        public Task? Work { get; set; }

        public TOut? Result { get; set; }

        public Exception? Failure { get; set; }

        public bool Stops { get; set; }

        public bool IsFinished { get; set; }

        public bool IsAbandoned { get; set; }

        public bool HasResult => Failure is null && !IsAbandoned;
    }
}
