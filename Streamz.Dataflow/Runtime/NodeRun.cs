using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>One node in one run: its stage, its counts, its timer, and how it fails and ends.</summary>
/// <remarks>
/// The stage, the tick flags and the end belong to the running chunk of the segment. The counts are interlocked, because
/// senders in other segments count here what they abandon.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The token source has no timer and no wait handle, and late callers may still cancel or read it.")]
internal sealed partial class NodeRun : NodeContext, ITicketIssuer
{
    private readonly CancellationTokenSource _halt = new();
    private readonly CallTimeout? _call;
    private readonly List<Inlet> _entries;
    private long _dropped;
    private long _abandoned;
    private int _completed;
    private Segment _segment = null!;

    public NodeRun(Run run, Node node, IStage stage)
    {
        Run = run;
        Node = node;
        Stage = stage;
        _call = LimitCall();
        _entries = [.. stage.Inlets.Select((inlet, input) => input < node.InputTypes.Count ? Policy.Guard(inlet, this, stage.Outlet) : inlet)];
    }

    public Run Run { get; }

    public Node Node { get; }

    public IStage Stage { get; }

    /// <summary>The inlets of the stage, with the guard in front of each that the policy of the node needs.</summary>
    public IReadOnlyList<Inlet> Entries => _entries;

    /// <summary>The segment that runs the node; null for a source whose elements go straight into a port.</summary>
    public Segment Segment
    {
        get => Volatile.Read(ref _segment);
        set => Volatile.Write(ref _segment, value);
    }

    /// <summary>The edges into the node. Changed by edits only, while the segments of both ends stand still.</summary>
    public SnapshotList<RunEdge> Inputs { get; } = new();

    /// <summary>The edges out of the node, in the order of subscription.</summary>
    public SnapshotList<RunEdge> Outputs { get; } = new();

    /// <summary>The loop that the node belongs to, if any.</summary>
    public LoopRun? Loop { get; set; }

    /// <summary>Set for a parallel node.</summary>
    public IParallelRun? Parallel { get; set; }

    /// <summary>Set for a node that feeds itself.</summary>
    public IFeedRun? Feed { get; set; }

    public bool HasEnded { get; private set; }

    /// <summary>Whether an edit has taken the node out of the run: it ends by itself.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Whether the stage has asked for its end.</summary>
    public bool IsCompleted => Volatile.Read(ref _completed) != 0;

    public long Dropped => Interlocked.Read(ref _dropped);

    public long Abandoned => Interlocked.Read(ref _abandoned);

    public override ILogger Logger => Run.Logger;

    public override TimeProvider TimeProvider => Run.TimeProvider;

    public override CancellationToken Aborted => Run.Aborted;

    public override Task PipelineCompletion => Run.Completion;

    public override string NodeName => Node.ToString();

    /// <summary>Whether the stage keeps what it holds, to go on with it in the next run.</summary>
    private bool IsSuspended => Run.IsSuspended && Stage is ISnapshot;

    private bool HasSides => Node.HasVariableInputs || Node.InputTypes.Count > 1;

    public override CancellationToken BeginCall() => _call is null ? CallToken ?? Aborted : _call.Begin(CallToken);

    public override ValueTask WaitAsync(TimeSpan dueTime) =>
        dueTime <= TimeSpan.Zero ? default : new ValueTask(Run.DelayAsync(dueTime, Waiting(), RunActivity.Timed, _halt.Token));

    public override ValueTask<TResult> AwaitAsync<TResult>(ValueTask<TResult> task) =>
        task.IsCompletedSuccessfully ? task : _call is null ? UserWait.RunAsync(Waiting(), task) : _call.RunAsync(task);

    public override ValueTask AwaitAsync(ValueTask task) =>
        task.IsCompletedSuccessfully ? task : _call is null ? UserWait.RunAsync(Waiting(), task) : _call.RunAsync(task);

    public override long ArrivedAt => Segment.Delivering!.ArrivedAt;

    public override void WhenCaughtUp(Func<ValueTask> call)
    {
        Loop?.Enter();
        Segment.WhenCaughtUp(this, call);
    }

    /// <summary>Makes a call that the stage asked for. Also while the pipeline stops: what it pushes on is moving, and abandoned if need be.</summary>
    public async ValueTask CallAsync(Func<ValueTask> call)
    {
        await GuardAsync(call).ConfigureAwait(true);
        Loop?.Exit();
    }

    public override void Drop(ElementContext? context)
    {
        Interlocked.Increment(ref _dropped);
        context?.Raise(DeliveryOutcome.Dropped);
    }

    public override void Complete()
    {
        if (Interlocked.Exchange(ref _completed, 1) == 0)
        {
            if (Stage.Outlet is { } outlet)
            {
                outlet.Completed = true;
            }

            Segment.Request(this, EndAsync);

            // At once: a stage upstream in the same segment may be pushing what a single element gave it, without an end.
            Run.Demand.StopUnneeded();
        }
    }

    /// <summary>Cuts the branches that begin at one of these nodes, and ends them. A request of the segment.</summary>
    public async ValueTask CutAsync(IReadOnlySet<NodeRun> unneeded)
    {
        if (HasEnded)
        {
            // Its edges have ended with it, and an edge that ends twice would end that of somebody else.
            return;
        }

        EndLetters(unneeded.Contains);
        foreach (var target in Stage.Outlet?.Disconnect(target => unneeded.Contains((NodeRun)target.Owner!)) ?? [])
        {
            await EndAsync(target).ConfigureAwait(true);
        }
    }

    /// <summary>Makes what limits the calls of the node's delegate, one at a time; null if nothing does.</summary>
    public CallTimeout? LimitCall() => Node.Timeout is { } time ? new CallTimeout(this, time) : null;

    /// <summary>Ends the wait of the stage for the clock, or for a sequence, if it waits: whatever it pushes on is discarded.</summary>
    public void Halt() => Cancel(_halt);

    /// <summary>Decides where failures behind the node are caught.</summary>
    public void Seal() => Stage.Outlet?.Seal(Entries is [var entry] ? entry : null);

    /// <summary>Adds an inlet that the stage has got.</summary>
    public void AddEntry(Inlet inlet)
    {
        inlet.Owner = this;
        _entries.Add(Policy.Guard(inlet, this, Stage.Outlet));
    }

    /// <summary>Tells the stage that the run begins.</summary>
    /// <param name="states">What earlier runs have saved; null if nothing is saved.</param>
    public ValueTask StartAsync(SavedStates? states)
    {
        if (states is not null && Stage is ISnapshot snapshot && states.Take(this) is { } state)
        {
            Restore(snapshot, state);
        }

        return GuardAsync(Stage.OnStartAsync);
    }

    /// <summary>Pushes on what the stage holds.</summary>
    public ValueTask FlushAsync() => HasEnded || Run.IsFaulted || IsSuspended ? default : GuardAsync(Stage.OnFlushAsync);

    /// <summary>Takes the side of a port from the join that this node is, unless it was taken before: an edit asks for that before any further element.</summary>
    public ValueTask RemoveSideAsync(Port port)
    {
        if (HasEnded || port.HasLeftJoin)
        {
            return default;
        }

        port.HasLeftJoin = true;
        return GuardAsync(() => ((IChangingJoin)Stage).RemoveSideAsync(port.Input));
    }

    /// <summary>A port of this node, the head of its segment, has ended.</summary>
    public async ValueTask InputEndedAsync(Port port)
    {
        if (port.LeavesJoin)
        {
            await RemoveSideAsync(port).ConfigureAwait(true);
            Segment.Ports.RemoveAll(each => each == port);
            Run.Ports.RemoveAll(each => each == port);
        }
        else if (HasSides && !Run.IsFaulted && !IsSuspended)
        {
            await GuardAsync(() => Stage.OnInputEndedAsync(port.Input)).ConfigureAwait(true);
        }

        if (Segment.Ports.TrueForAll(each => each.HasEnded || each.IsInternal))
        {
            await EndAsync().ConfigureAwait(true);
        }
        else if (Feed is not null && Segment.Ports.TrueForAll(each => each.HasEnded || each.Input >= Node.InputTypes.Count))
        {
            Feed.InputsEnded();
        }
    }

    internal override CancellationToken Halted => _halt.Token;

    internal override bool IsUnneeded => !IsCompleted && Stage.Outlet is { Completed: true, Halted: false };

    internal override void Cancel(CancellationTokenSource source)
    {
        // Until it has been called back the run is not idle.
        Run.Activity.Add(RunActivity.Moving);
        _ = CancelAsync(source);
    }

    internal override void Discard(ElementContext? context)
    {
        if (Stage.Outlet is { Completed: true, Halted: false })
        {
            Drop(context);
        }
        else
        {
            OnAbandoned(context);
        }
    }

    internal override void OnAbandoned(ElementContext? context)
    {
        Interlocked.Increment(ref _abandoned);
        context?.Raise(DeliveryOutcome.Abandoned);
    }

    internal override ElementContext Follow(IDeliveryObserver observer)
    {
        var ticket = Run.Tickets.Issue(this, observer, 0, default);
        ticket.Accept();
        return ticket;
    }

    internal override void OnForeignStage() => Run.Tickets.StopReuse();

    internal override bool BeginBranching() => Segment.Flow.BeginBranching();

    internal override ValueTask EndBranching(bool guarded, List<ValueTask>? pending) => Segment.Flow.EndBranching(guarded, pending);

    /// <summary>The flow of the segment, which begins to wait for what this node does.</summary>
    private FlowTracker Waiting()
    {
        Segment.LastWaiting = this;
        return Segment.Flow;
    }

    /// <summary>Ends this node and, down the segment, all that have ended with it: a loop, since chains may be long.</summary>
    private async ValueTask EndAsync()
    {
        var ending = new Queue<NodeRun>([this]);
        while (ending.TryDequeue(out var node))
        {
            // One that has ended early has told those behind it then.
            if (node.HasEnded)
            {
                continue;
            }

            await node.FinishAsync().ConfigureAwait(true);
            if (node.Stage is IAsyncDisposable owner and not SourceStage)
            {
                // After a fault or an abort as well: this is where a stage closes what it has opened.
                await node.GuardAsync(owner.DisposeAsync).ConfigureAwait(true);
            }

            node.HasEnded = true;
            node.EndLetters();
            node.CancelTick();
            node._call?.Dispose();
            if (node._timer is { } timer)
            {
                await timer.DisposeAsync().ConfigureAwait(true);
            }

            foreach (var target in node.Stage.Outlet?.Targets ?? [])
            {
                if (target is IPortEdge edge)
                {
                    edge.End();
                }
                else
                {
                    ending.Enqueue((NodeRun)target.Owner!);
                }
            }
        }
    }

    /// <summary>Pushes on what the stage has left at its end, if anything may still be pushed.</summary>
    private ValueTask FinishAsync()
    {
        if (IsCompleted)
        {
            return default;
        }

        return Run.IsFaulted && Stage is IFaultStage { Outlet.Halted: false } stage && Run.CreateFault() is { } fault
            ? GuardAsync(() => stage.OnFaultAsync(fault))
            : FlushAsync();
    }

    private static ValueTask EndAsync(Inlet target)
    {
        if (target is not IPortEdge edge)
        {
            return ((NodeRun)target.Owner!).EndAsync();
        }

        edge.End();
        return default;
    }

    private async ValueTask GuardAsync(Func<ValueTask> call)
    {
        try
        {
            await call().ConfigureAwait(true);
        }
        catch (Exception failure)
        {
            await OnFailureAsync(failure, null).ConfigureAwait(true);
        }
    }

    private async Task CancelAsync(CancellationTokenSource source)
    {
        await source.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Run.Activity.Add(-RunActivity.Moving);
    }
}
