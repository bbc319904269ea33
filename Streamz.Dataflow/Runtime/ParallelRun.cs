using System.Threading.Tasks.Dataflow;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// The workers of a parallel node: each is a message of an <see cref="ActionBlock{TInput}"/> with the node's degree of parallelism, and makes results as
/// long as elements wait; the node's segment pushes them on, in the order of their elements unless told otherwise.
/// </summary>
/// <remarks>
/// <para>
/// An element keeps its place at the entry port until its result has left the segment, so the elements waiting, at work and
/// finished but not at their turn are bounded together. The queues of slots, the counts and who is at work belong to the segment's gate; a slot belongs to
/// its worker from when it is taken until it is finished, and to whoever sees its turn come until it is used again. A
/// failure that stops the pipeline takes its turn like a result: what entered before it is still pushed on; what starts after
/// it is not.
/// </para>
/// <para>
/// As many elements count as moving, or as in user code, as have a worker: those that wait for one, and results that wait for
/// their turn, move only when another does. Nothing is left behind: whoever takes an element in looks under the gate for a worker that is free, and a worker
/// becomes free under the gate, when it finds no element.
/// </para>
/// </remarks>
internal sealed partial class ParallelRun<TIn, TOut> : IParallelRun, IDispatcher<TIn>, IUserWaits
{
    private readonly NodeRun _node;
    private readonly ParallelStage<TIn, TOut> _stage;
    private readonly bool _ordered;
    private readonly Queue<Slot> _slots = new();
    private readonly Queue<Slot> _unstarted = new();
    private readonly Stack<Slot> _spare = new();
    private readonly System.Collections.Concurrent.ConcurrentQueue<Worker> _starting = new();
    private Crew _crew;
    private Port<TOut> _results = null!;
    private Port _entry = null!;
    private int _degree;
    private int _outstanding;
    private int _unfinished;
    private int _moving;
    private long _sequence;
    private long _failedAt = long.MaxValue;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<Slot, CancellationTokenSource> _retrying = new();
    private readonly bool _isInPipeline;
    private volatile bool _halted;

    public ParallelRun(NodeRun node, ParallelStage<TIn, TOut> stage)
    {
        _node = node;
        _stage = stage;
        _ordered = node.Node.IsOrdered;
        _isInPipeline = node.Policy.Around is not null;
        _degree = node.Node.MaxDegreeOfParallelism;
        _crew = new Crew(this, _degree);
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
        var slot = _spare.TryPop(out var spare) ? spare : new Slot();
        slot.Begin(element, _sequence++);
        _outstanding++;
        _unfinished++;
        if (_ordered)
        {
            _slots.Enqueue(slot);
        }

        _unstarted.Enqueue(slot);
        CountMoving();
        NoteWorkers();
        EngageWorker();
    }

    void IDispatcher<TIn>.Start()
    {
        while (_starting.TryDequeue(out var worker))
        {
            worker.Start();
        }
    }

    public void Halt()
    {
        _halted = true;
        Interlocked.Exchange(ref _failedAt, -1);
        CancelRetries();
    }

    public void BeginUserWait() => _node.Run.Activity.Add(RunActivity.User - RunActivity.Moving);

    public void EndUserWait() => _node.Run.Activity.Add(RunActivity.Moving - RunActivity.User);

    /// <summary>Engages a worker for an element, if one is free; it is to be posted outside the gate. Called under the gate.</summary>
    private void EngageWorker()
    {
        if (_crew.TryEngage() is { } worker)
        {
            _starting.Enqueue(worker);
        }
    }

    /// <summary>Takes the next element for a worker, which is free if there is none. Called under the gate.</summary>
    private Slot? TakeNext(Worker worker)
    {
        if (!worker.Crew.IsDismissed && _unstarted.TryDequeue(out var slot))
        {
            return slot;
        }

        worker.Crew.Release(worker);
        return null;
    }

    /// <summary>Whether an element takes more than a call: a limit of time, attempts around it, an activity.</summary>
    private bool TakesMore(Slot slot) => _isInPipeline || _node.Node.Timeout is not null || (slot.Element.Context is { } context && context.Trace != default);

    /// <summary>Works on an element that takes more than a call.</summary>
    private async ValueTask InvokeAsync(Slot slot)
    {
        using var limit = _node.LimitCall();
        using var activity = StartActivity(slot.Element);
        if (_isInPipeline)
        {
            using var course = new SlotCourse<TIn, TOut>(this, slot, limit);
            await course.RunAsync().ConfigureAwait(true);
            return;
        }

        try
        {
            await CallAsync(slot, limit).ConfigureAwait(true);
        }
        catch (Exception thrown)
        {
            await SettleAsync(slot, thrown, limit).ConfigureAwait(true);
        }
    }

    /// <summary>Has the policy of the node settle a failed call.</summary>
    private async ValueTask SettleAsync(Slot slot, Exception thrown, CallTimeout? limit)
    {
        if (thrown is OperationCanceledException && _node.Aborted.IsCancellationRequested)
        {
            slot.IsAbandoned = true;
            return;
        }

        using var course = new SlotCourse<TIn, TOut>(this, slot, limit);
        await course.SettleAsync(limit?.Explain(thrown) ?? thrown).ConfigureAwait(true);
    }

    /// <summary>Makes one call from value to result; a policy may make several at a time.</summary>
    public async ValueTask CallAsync(Slot slot, CallTimeout? limit, CancellationToken? cancellation = null)
    {
        var pending = _stage.InvokeAsync(slot.Element.Value, limit?.Begin(cancellation) ?? cancellation ?? _node.Aborted);
        slot.Result = pending.IsCompletedSuccessfully ? pending.Result : await UserWait.RunAsync(this, pending).ConfigureAwait(true);
    }

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
        // A call that the policy has given up may still set its result.
        slot.IsReusable = false;
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

    /// <summary>Finishes an element: delivers what has its turn now.</summary>
    /// <returns>The next element for the worker, or null if it is free.</returns>
    private Slot? Finish(Slot slot, Worker worker)
    {
        var turns = worker.Turns;
        Slot? next;
        Chunk? chunk;
        bool hasResults;
        int fewer;
        lock (_node.Segment.Gate)
        {
            slot.IsFinished = true;
            _unfinished--;

            // It counts as moving until what it has made is handed over, and one that waited for a worker does when it has this one.
            fewer = ChangeOfMoving();
            NoteWorkers();
            if (_ordered)
            {
                while (_slots.TryPeek(out var first) && first.IsFinished)
                {
                    turns.Add(_slots.Dequeue());
                    Deliver(first);
                }
            }
            else
            {
                turns.Add(slot);
                Deliver(slot);
            }

            chunk = _node.Segment.TakeIfIdle();
            hasResults = turns.TrueForAll(static turn => turn.HasResult);
            next = hasResults ? TurnTo(turns, worker) : null;
        }

        _node.Segment.Post(chunk);
        if (!hasResults)
        {
            next = FinishWithoutResult(turns, worker);
        }

        if (fewer != 0)
        {
            _node.Run.Activity.Add(fewer * RunActivity.Moving);
        }

        return next;
    }

    /// <summary>Gives back what elements without a result have taken, and stops the run if one of them is to.</summary>
    /// <returns>The next element for the worker, or null if it is free.</returns>
    private Slot? FinishWithoutResult(List<Slot> turns, Worker worker)
    {
        Slot? next;
        var withoutResult = 0;
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

        lock (_node.Segment.Gate)
        {
            // Only now may the node end: a run that ended before would not know the failure, and abandon the tickets.
            _outstanding -= withoutResult;
            next = TurnTo(turns, worker);
        }

        _node.Segment.Wake();
        return next;
    }

    /// <summary>Keeps the slots that have had their turn to be used again, and takes the next element for the worker. Called under the gate.</summary>
    private Slot? TurnTo(List<Slot> turns, Worker worker)
    {
        foreach (var slot in turns)
        {
            if (slot.IsReusable)
            {
                slot.Clear();
                _spare.Push(slot);
            }
        }

        turns.Clear();
        return TakeNext(worker);
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

    /// <summary>An element on its way through a worker. Used again.</summary>
    internal sealed class Slot
    {
        public Element<TIn> Element { get; private set; }

        public long Sequence { get; private set; }

        public TOut? Result { get; set; }

        public Exception? Failure { get; set; }

        public bool Stops { get; set; }

        public bool IsFinished { get; set; }

        public bool IsAbandoned { get; set; }

        /// <summary>Whether nobody can know the slot any more once it has had its turn.</summary>
        public bool IsReusable { get; set; } = true;

        public bool HasResult => Failure is null && !IsAbandoned;

        public void Begin(Element<TIn> element, long sequence)
        {
            Element = element;
            Sequence = sequence;
        }

        public void Clear()
        {
            Element = default;
            Result = default;
            Failure = null;
            Stops = IsFinished = IsAbandoned = false;
        }
    }
}
