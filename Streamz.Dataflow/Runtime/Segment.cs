using System.Threading.Tasks.Dataflow;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// A run of nodes that one <see cref="ActionBlock{TInput}"/> executes, one element at a time.
/// </summary>
/// <remarks>
/// <para>
/// The block is a mailbox with a scheduler: chunks of elements are posted to it. An arrival at an idle segment is posted at
/// once, alone; what arrives while the segment is busy gathers in the open chunk, which the segment posts to itself when it
/// has finished the one before. So at most one chunk is in the block besides the running one, and the block's bound of two
/// can never refuse; it is a second fence behind the places of the ports.
/// </para>
/// <para>
/// <see cref="Gate"/> guards the open chunk, the buffers it refers to, the requests and the busy flag. It is held for a few
/// operations, and only the lock of <see cref="FlowTracker"/>, which is a leaf, is taken under it, and nobody is told anything there, so it can neither hang nor be part of a circle. Everything else in a segment, its stages above all, belongs to the one chunk that is running.
/// </para>
/// <para>The delegate that the block gets never throws: user exceptions were handled at their node.</para>
/// </remarks>
internal sealed partial class Segment
{
    private static readonly ContextCallback s_process = static state => ((Segment)state!).BeginChunk();

    private readonly ActionBlock<Chunk> _block;
    private Chunk _open = new(0);
    private Chunk _running = null!;
    private Task _pending = Task.CompletedTask;
    private bool _busy;
    private bool _isOver;

    public Segment(Run run, int number)
    {
        Run = run;
        Number = number;
        Flow = new FlowTracker(run.Activity, run.TimeProvider);
        _block = new ActionBlock<Chunk>(RunChunk, new ExecutionDataflowBlockOptions
        {
            BoundedCapacity = 2,
            MaxMessagesPerTask = run.MaxMessagesPerTask,
            TaskScheduler = run.Scheduler,
        });
    }

    public Run Run { get; }

    public int Number { get; }

    /// <summary>Guards arrivals, requests and the busy flag.</summary>
    /// <remarks>Made between the two chunks: senders write it at each element, and the room that the chunks keep around their counts is around it as well.</remarks>
    public Lock Gate { get; } = new();

    private Chunk _spare = new(1);

    public FlowTracker Flow { get; }

    public SnapshotList<Port> Ports { get; } = new();

    public SnapshotList<NodeRun> Nodes { get; } = new();

    public NodeRun Head => Nodes[0];

    /// <summary>The loop that the segment belongs to, if any of its nodes does.</summary>
    public LoopRun? Loop => Nodes.Find(node => node.Loop is not null)?.Loop;

    /// <summary>Completes when every node of the segment has ended.</summary>
    public Task Completion => _block.Completion;

    /// <summary>The side of the ports' buffers that takes arrivals. Read under the gate.</summary>
    public Chunk Open => _open;

    /// <summary>The chunk that is running. Read by the running chunk only.</summary>
    public Chunk Running => _running;

    /// <summary>The node whose delegate or clock the segment has waited for last; only for a text.</summary>
    public NodeRun? LastWaiting { get; set; }

    /// <summary>The port whose elements the running chunk delivers. Belongs to the running chunk.</summary>
    public Port? Delivering { get; set; }

    /// <summary>Takes the open chunk if the segment is idle. Called under the gate; what it returns is to be given to <see cref="Post"/> outside.</summary>
    public Chunk? TakeIfIdle()
    {
        if (_busy)
        {
            return null;
        }

        _busy = true;
        Flow.Begin();
        return TakeOpen();
    }

    /// <summary>
    /// Posts a chunk to the block. Outside the gate, since the scheduler may be the user's; the busy flag keeps others away.
    /// </summary>
    public void Post(Chunk? chunk)
    {
        if (chunk is not null && !_block.Post(chunk))
        {
            throw new InvalidOperationException($"The block of segment {Number} refused a chunk.");
        }
    }

    /// <summary>Has the segment look at its ports, for example because one has ended.</summary>
    public void Wake()
    {
        Chunk? chunk;
        lock (Gate)
        {
            chunk = TakeIfIdle();
        }

        Post(chunk);
    }

    /// <summary>Gives nodes, which this segment has run so far, to another one. Called while this one stands still and the other has never run.</summary>
    public void Give(IReadOnlyList<NodeRun> nodes, Segment other)
    {
        lock (Gate)
        {
            Nodes.RemoveAll(nodes.Contains);
            foreach (var node in nodes)
            {
                // What asks this segment for the node from now on is passed on when it is served.
                node.Segment = other;
                other.Nodes.Add(node);
            }

            for (var left = _calls.Count; left > 0; left--)
            {
                var call = _calls.Dequeue();
                (nodes.Contains(call.Node) ? other._calls : _calls).Enqueue(call);
            }
        }
    }

    /// <summary>Decides anew where failures are caught, after the targets of outlets have changed. Called while the segment stands still.</summary>
    public void Reseal()
    {
        foreach (var node in Nodes)
        {
            foreach (var inlet in node.Entries.Concat(node.Stage.Outlet?.Targets.Where(target => target is IPortEdge) ?? []))
            {
                inlet.Chain = null;
            }
        }

        foreach (var port in Ports)
        {
            port.Seal();
        }

        foreach (var node in Nodes)
        {
            node.Seal();
        }
    }

    /// <summary>Tells the stages that the run begins, before any element, the last first: one may push on from its start.</summary>
    public async ValueTask StartStagesAsync()
    {
        var states = Run.Checkpoints is { SavesStates: true } checkpoints ? await checkpoints.LoadStatesAsync().ConfigureAwait(true) : null;
        for (var i = Nodes.Count - 1; i >= 0; i--)
        {
            await Nodes[i].StartAsync(states).ConfigureAwait(true);
        }
    }

    /// <summary>Awaits something for the running chunk, whose thread goes on elsewhere meanwhile.</summary>
    public async ValueTask AwaitAsync(ValueTask pending)
    {
        if (pending.IsCompletedSuccessfully)
        {
            return;
        }

        Flow.LeaveStretch();
        try
        {
            await pending.ConfigureAwait(true);
        }
        finally
        {
            Flow.EnterStretch();
        }
    }

    private Chunk TakeOpen()
    {
        var chunk = _open;
        (_open, _spare) = (_spare, chunk);
        return chunk;
    }

    private Task RunChunk(Chunk chunk)
    {
        _running = chunk;
        ExecutionContext.Run(Run.Scope, s_process, this);
        return _pending;
    }

    private void BeginChunk() => _pending = ProcessAsync(_running);

    private async Task ProcessAsync(Chunk chunk)
    {
        Flow.EnterStretch();
        try
        {
            if (_requested)
            {
                await ServeRequestsAsync().ConfigureAwait(true);
            }

            foreach (var (port, count) in chunk.TakeRuns())
            {
                await port.ProcessAsync(chunk.Parity, count).ConfigureAwait(true);
            }

            foreach (var port in Ports)
            {
                port.ClearBuffer(chunk.Parity);
            }

            chunk.Clear();
            await FinishChunkAsync().ConfigureAwait(true);
        }
        catch (Exception failure)
        {
            Run.Fault(Head, failure);
            Run.PartIsOver();
            Flow.End();
            _block.Complete();
        }
    }

    private async ValueTask FinishChunkAsync()
    {
        while (true)
        {
            if (_requested)
            {
                await ServeRequestsAsync().ConfigureAwait(true);
            }

            Port? ended = null;
            Chunk? next = null;
            var isOver = false;
            Standstill? quiet = null;
            (NodeRun Node, Func<ValueTask> Call) caughtUp = default;
            lock (Gate)
            {
                if (!_open.IsEmpty)
                {
                    next = TakeOpen();
                }
                else if (_requested)
                {
                    continue;
                }
                else if (!_calls.TryDequeue(out caughtUp))
                {
                    quiet = TakeQuiet();
                    ended = quiet is null ? Ports.Find(port => port.TakeEnd()) : null;
                    if (quiet is null && ended is null)
                    {
                        // Nodes may have ended before their input. A segment that is over is busy for good: nothing can arrive at
                        // ports that have ended, and late ticks must not post.
                        isOver = Nodes.TrueForAll(each => each.HasEnded) && Ports.TrueForAll(port => port.HasEnded || port.IsInternal);
                        _isOver = isOver;
                        _busy = isOver;
                        if (isOver)
                        {
                            Run.PartIsOver();
                        }

                        Flow.End();
                    }
                }
            }

            if (isOver)
            {
                _block.Complete();
                return;
            }

            if (next is not null)
            {
                Flow.LeaveStretch();
                Post(next);
                return;
            }

            if (caughtUp is ({ } node, { } call))
            {
                await AwaitAsync(node.CallAsync(call)).ConfigureAwait(true);
                continue;
            }

            if (quiet is not null)
            {
                await AwaitAsync(quiet.StandAsync()).ConfigureAwait(true);
                continue;
            }

            if (ended is null)
            {
                return;
            }

            await AwaitAsync(Head.InputEndedAsync(ended)).ConfigureAwait(true);
        }
    }
}
