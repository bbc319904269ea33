using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Dataflow;
using Microsoft.Extensions.Logging;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>One run of a graph: owns everything that lives as long as the run, and how it fails, stops and ends.</summary>
/// <remarks>
/// <c>_gate</c> guards the faults only; under it no other lock is taken. The lists are filled by the compiler before the run
/// begins and only read afterwards.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The token sources have no timers and no wait handles, and late callers may still cancel or read them.")]
internal sealed partial class Run
{
    private static readonly AsyncLocal<Run?> s_current = new();
    private static readonly ExecutionContext s_cleanContext = CaptureCleanContext();

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abort = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Exception> _laterFailures = [];
    private readonly RunScheduler _scheduler;
    private NodeFailedException? _refusal;
    private NodeFailedException? _fault;
    private volatile bool _aborted;
    private int _stallFound;
    private readonly TaskCompletionSource _partsOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _whenAborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _partsLeft;
    private volatile bool _isSuspended;
    private TaskCompletionSource _edited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Run(StreamOptions options, RunScheduler scheduler)
    {
        Options = options;
        _scheduler = scheduler;
        Activity = new RunActivity(() => JoinStall.Check(this));
        Demand = new Demand(this);
        Checkpoints = options.Checkpoints is { } checkpoints ? new CheckpointRun(this, checkpoints) : null;
        Logger = options.LoggerFactory.CreateLogger(PipelineLog.Category);
        Scope = CaptureScope(this);
    }

    /// <summary>The run whose delegate is executing here, if any.</summary>
    public static Run? Current => s_current.Value;

    public StreamOptions Options { get; }

    public ILogger Logger { get; }

    public TimeProvider TimeProvider => Options.TimeProvider;

    public TaskScheduler Scheduler => _scheduler.Scheduler;

    /// <summary>
    /// How many messages a block handles before it goes to the back of its scheduler's queue: one where tasks run one at a time,
    /// so that a segment that is fed without a pause does not keep the others, or other pipelines, from their turn.
    /// </summary>
    public int MaxMessagesPerTask => Scheduler == TaskScheduler.Default ? DataflowBlockOptions.Unbounded : 1;

    /// <summary>Whether blocking the calling thread would keep the run from going on.</summary>
    public bool IsOnOwnThread => _scheduler.IsCurrent || Current == this;

    /// <summary>
    /// What all delegates of the run execute under: a clean context that knows the run. The context of whoever happened to
    /// wake a block never reaches the delegates.
    /// </summary>
    public ExecutionContext Scope { get; }

    public RunActivity Activity { get; }

    public TicketRegistry Tickets { get; } = new();

    /// <summary>What saves how far the sources are done; null if nothing does.</summary>
    public CheckpointRun? Checkpoints { get; }

    public Demand Demand { get; }

    /// <summary>The nodes, in graph order; those that an edit has added come last.</summary>
    public SnapshotList<NodeRun> Nodes { get; } = new();

    public SnapshotList<Segment> Segments { get; } = new();

    public SnapshotList<Port> Ports { get; } = new();

    public SnapshotList<IIngress> Ingresses { get; } = new();

    public SnapshotList<ISourceDriver> Drivers { get; } = new();

    public List<LoopRun> Loops { get; } = [];

    public Task Completion => _completion.Task;

    /// <summary>Completes with the next edit that changes something.</summary>
    public Task Edited => Volatile.Read(ref _edited).Task;

    /// <summary>Whether all segments and sources are over, so that <see cref="Completion"/> is about to complete.</summary>
    public bool IsEnding => Volatile.Read(ref _partsLeft) == 0;

    /// <summary>Completes when all segments and sources are over.</summary>
    public Task PartsOver => _partsOver.Task;

    /// <summary>One edit or barrier at a time.</summary>
    public SemaphoreSlim Changing { get; } = new(1);

    /// <summary>Whether the run was stopped to go on another time: what its stages hold is saved, and not pushed on.</summary>
    public bool IsSuspended => _isSuspended;

    /// <summary>Completes when the run is aborted.</summary>
    public Task WhenAborted => _whenAborted.Task;

    /// <summary>Cancelled when the run is aborted.</summary>
    public CancellationToken Aborted => _abort.Token;

    /// <summary>Cancelled when sources are to stop.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Whether the run ends otherwise than normally: nothing is flushed.</summary>
    public bool IsFaulted => _aborted || Volatile.Read(ref _fault) is not null;

    public NodeFailedException? FirstFault => Volatile.Read(ref _fault) ?? Volatile.Read(ref _refusal);


    /// <summary>Starts the sources and watches for the end.</summary>
    public void Begin()
    {
        _partsLeft = Segments.Count + Drivers.Count;
        ProcessEnd.Watch(this);
        MeteredRuns.Add(this);
        _ = FinishAsync();

        Begin(Segments, Ingresses, Drivers);
    }

    /// <summary>Starts a part of the run.</summary>
    public static void Begin(IReadOnlyList<Segment> segments, IReadOnlyList<IIngress> ingresses, IReadOnlyList<ISourceDriver> drivers)
    {
        // From the last to the first: a stage may push on from its start, into stages that have started.
        for (var i = segments.Count - 1; i >= 0; i--)
        {
            segments[i].RequestStart();
        }

        // Only when all of them will begin with that: an edge may lead back to one further up.
        for (var i = segments.Count - 1; i >= 0; i--)
        {
            segments[i].Wake();
        }

        // Now, and not while the run is being built: another thread may emit at once.
        foreach (var ingress in ingresses)
        {
            ingress.Open();
        }

        foreach (var driver in drivers)
        {
            driver.Start();
        }
    }

    /// <summary>A segment or a source is over; called before it stops counting as moving.</summary>
    public void PartIsOver()
    {
        if (Interlocked.Decrement(ref _partsLeft) == 0)
        {
            _partsOver.SetResult();
        }
    }

    /// <summary>Counts further segments or sources, before they can be over.</summary>
    /// <returns>False if the run is over.</returns>
    public bool TryAddParts(int count)
    {
        var seen = Volatile.Read(ref _partsLeft);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _partsLeft, seen + count, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>An edit has changed something: who waits looks again at what for.</summary>
    public void NoteEdit() => Interlocked.Exchange(ref _edited, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <summary>Whether the caller is the first to find that the run has stalled.</summary>
    public bool ClaimStall() => Interlocked.Exchange(ref _stallFound, 1) == 0;

    /// <summary>Waits by the clock of the run.</summary>
    public Task DelayAsync(TimeSpan dueTime, FlowTracker flow, long kind, CancellationToken cancellation) =>
        Delay.RunAsync(TimeProvider, dueTime, flow, kind, cancellation);

    private static ExecutionContext CaptureCleanContext()
    {
        ExecutionContext? clean = null;
        var thread = new Thread(() => clean = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return clean!;
    }

    private static ExecutionContext CaptureScope(Run run)
    {
        ExecutionContext? scope = null;
        ExecutionContext.Run(
            s_cleanContext,
            _ =>
            {
                s_current.Value = run;
                scope = ExecutionContext.Capture();
            },
            null);
        return scope!;
    }

    private async Task FinishAsync()
    {
        await _partsOver.Task.ConfigureAwait(false);
        await Task.WhenAll(Segments.Select(segment => segment.Completion).Concat(Drivers.Select(driver => driver.Completion)))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Tickets.AbandonAll();
        await Task.WhenAll(Drivers.Select(driver => driver.CloseAsync())).ConfigureAwait(false);
        if (Checkpoints is not null)
        {
            await Checkpoints.FinishAsync().ConfigureAwait(false);
        }

        Topology.Free(Nodes.Select(node => node.Node));
        _scheduler.Dispose();
        ProcessEnd.Forget(this);
        MeteredRuns.Remove(this);
        if (CreateFault() is { } fault)
        {
            _completion.SetException(fault);

            // It was logged and is thrown at the next emit too; a run that nobody awaits must not raise an unobserved exception.
            _ = _completion.Task.Exception;
        }
        else if (_aborted)
        {
            var abandoned = Nodes.Sum(node => node.Abandoned);
            PipelineLog.Aborted(Logger, abandoned);
            _completion.SetException(new PipelineAbortedException($"The pipeline was aborted at the deadline of its stop; {abandoned} elements were abandoned."));
            _ = _completion.Task.Exception;
        }
        else
        {
            _completion.SetResult();
        }
    }
}
