using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Dataflow;
using Microsoft.Extensions.Logging;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>Runs the loop of a source.</summary>
internal interface ISourceDriver
{
    NodeRun Node { get; }

    Port Port { get; }

    FlowTracker Flow { get; }

    Task Completion { get; }

    long Emitted { get; }

    /// <summary>Why the source has ended, if it has.</summary>
    SourceEnd End { get; }

    /// <summary>Whether the source waits by its own clock, and will go on by itself.</summary>
    bool IsPausing { get; set; }

    /// <summary>Cancelled when the source is to stop.</summary>
    CancellationToken Stopping { get; }

    void Start();

    /// <summary>Tells the source to stop, alone: nobody needs it any more.</summary>
    void Stop();

    /// <summary>Lets the source close what it has kept open, once everything has ended.</summary>
    Task CloseAsync();

    /// <summary>Has the source put what it emits from now on into another port of the same type.</summary>
    void MoveTo(Port port);
}

/// <summary>Runs the loop of a source on a block of its own, and puts what it emits into the first port.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The token source lives as long as that of the run, which it is linked to.")]
internal sealed partial class SourceDriver<T> : SourceContext<T>, ISourceDriver, ITicketIssuer, IManySender<T>
{
    private readonly SourceStage<T> _stage;
    private readonly ActionBlock<SourceDriver<T>> _block;
    private readonly CancellationTokenSource _stop;
    private volatile Port<T> _port;
    private IPortEdge? _edge;
    private IsolatedCount _emitted;
    private volatile bool _isNeeded = true;
    private volatile SourceEnd _end;

    public SourceDriver(NodeRun node, SourceStage<T> stage, Port<T> port, bool fromOutsideLoop)
    {
        Node = node;
        _stage = stage;
        _port = port;
        Flow = new FlowTracker(node.Run.Activity, node.Run.TimeProvider) { IsEntrance = true };
        _stop = CancellationTokenSource.CreateLinkedTokenSource(node.Run.Stopping);
        _edge = (IPortEdge)port.CreateEdge(Flow, fromOutsideLoop);
        _block = new ActionBlock<SourceDriver<T>>(driver => driver.RunAsync(), new ExecutionDataflowBlockOptions { TaskScheduler = node.Run.Scheduler });
    }

    public NodeRun Node { get; }

    Port ISourceDriver.Port => _port;

    public FlowTracker Flow { get; }

    public Task Completion => _block.Completion;

    public bool IsPausing
    {
        get => Flow.IsPausing;
        set => Flow.IsPausing = value;
    }

    /// <summary>How many elements the source has emitted.</summary>
    public long Emitted => Volatile.Read(ref _emitted.Value);

    public SourceEnd End => _end;

    public override string NodeName => Node.NodeName;

    public override ILogger Logger => Node.Run.Logger;

    public override TimeProvider TimeProvider => Node.Run.TimeProvider;

    public override CancellationToken Stopping => _stop.Token;

    public void Start()
    {
        Flow.Begin();
        _block.Post(this);
        _block.Complete();
    }

    public void Stop()
    {
        if (!_stop.IsCancellationRequested)
        {
            _isNeeded = false;
            Run.CancelAll(_stop);
        }
    }

    public void MoveTo(Port port)
    {
        var edge = (IPortEdge)port.CreateEdge(Flow, fromOutsideLoop: false);
        var before = Interlocked.Exchange(ref _edge, edge);
        _port = (Port<T>)port;
        before?.End();
        if (before is null)
        {
            // The source has ended just now, and will not end this one.
            Interlocked.Exchange(ref _edge, null)?.End();
        }
    }

    public override ValueTask EmitAsync(T value)
    {
        if (Stopping.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(Stopping);
        }

        if (IsWatched)
        {
            return EmitWatchedAsync(value, null, null, 0, Stopping);
        }

        var put = _port.PutAsync(new Element<T>(value, null), Flow, Stopping);
        if (!put.IsCompletedSuccessfully)
        {
            return CountAsync(put);
        }

        _emitted.Value++;
        return default;
    }

    internal override async ValueTask EmitAllAsync(ReadOnlyMemory<T> values)
    {
        while (!values.IsEmpty)
        {
            Stopping.ThrowIfCancellationRequested();
            var taken = IsWatched ? 0 : await _port.PutManyAsync(values, this, Stopping).ConfigureAwait(true);
            if (taken == 0)
            {
                await EmitAsync(values.Span[0]).ConfigureAwait(true);
                taken = 1;
            }

            values = values[taken..];
        }
    }

    Ingress<T>? IManySender<T>.Ingress => null;

    bool IManySender<T>.GoesOnAt(Port<T> port) => port == _port;

    void IManySender<T>.Count(int taken) => Volatile.Write(ref _emitted.Value, _emitted.Value + taken);

    public override async ValueTask<Task<DeliveryOutcome>> EmitFollowedAsync(T value, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Stopping, cancellationToken);
        var outcome = new OutcomeOfElement();
        await EmitAsync(value, outcome, 0, either.Token).ConfigureAwait(true);
        return outcome.Task;
    }

    public override ValueTask EmitAsync(T value, IDeliveryObserver observer, long position)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return EmitAsync(value, observer, position, Stopping);
    }

    public override ValueTask<SourcePartition> OpenPartitionAsync(string source, string partition = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentNullException.ThrowIfNull(partition);
        var key = new CheckpointKey(source, partition);

        // Not awaited as something outside: a store opens by itself, and the pipeline is not at rest before it has.
        return Node.Run.Checkpoints is { } checkpoints
            ? checkpoints.OpenAsync(Node, key)
            : new ValueTask<SourcePartition>(new CheckpointedPartition(Node, key, null, null));
    }

    public override ValueTask EmitAsync(T value, SourcePartition partition, long position)
    {
        ArgumentNullException.ThrowIfNull(partition);
        var taken = (CheckpointedPartition)partition;

        return taken.Checkpoints switch
        {
            null => EmitAsync(value),
            { SavesStates: true } => EmitCountedAsync(value, taken, position),

            // Should the source be told to stop meanwhile, the position stays open: the mark does not pass it.
            _ => EmitAsync(value, (IDeliveryObserver)taken, taken.Begin(position)),
        };
    }

    void ITicketIssuer.OnListenerFailed(Exception failure) => Node.OnListenerFailed(failure);

    public override async ValueTask WaitAsync(TimeSpan dueTime)
    {
        if (dueTime > TimeSpan.Zero)
        {
            IsPausing = true;
            await Node.Run.DelayAsync(dueTime, Flow, 0, Stopping).ConfigureAwait(true);
            IsPausing = false;
        }
    }

    public override ValueTask<TResult> AwaitAsync<TResult>(ValueTask<TResult> task) =>
        task.IsCompletedSuccessfully ? task : UserWait.RunAsync(Flow, task);

    public override ValueTask AwaitAsync(ValueTask task) =>
        task.IsCompletedSuccessfully ? task : UserWait.RunAsync(Flow, task);

    public override void Drop() => Node.Drop(null);

    private ValueTask EmitAsync(T value, IDeliveryObserver observer, long position, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellation);
        }

        if (IsWatched)
        {
            return EmitWatchedAsync(value, observer, null, position, cancellation);
        }

        var ticket = Issue(observer, position, default);
        var put = _port.PutAsync(new Element<T>(value, ticket), Flow, cancellation);
        if (!put.IsCompletedSuccessfully)
        {
            return AcceptAsync(put, ticket);
        }

        Taken(ticket);
        return default;
    }

    /// <summary>Emits an element that needs no ticket: its position is part of the next checkpoint if a port has accepted it by then.</summary>
    private ValueTask EmitCountedAsync(T value, CheckpointedPartition partition, long position)
    {
        if (Stopping.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(Stopping);
        }

        partition.Check(position);
        if (IsWatched)
        {
            return EmitWatchedAsync(value, null, partition, position, Stopping);
        }

        var put = _port.PutAsync(new Element<T>(value, null), Flow, partition, position, Stopping);
        if (!put.IsCompletedSuccessfully)
        {
            return FinishAsync(put, partition);
        }

        _emitted.Value++;
        partition.Checkpoints!.CountElement();
        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishAsync(ValueTask put, CheckpointedPartition partition)
    {
        await put.ConfigureAwait(true);
        _emitted.Value++;
        partition.Checkpoints!.CountElement();
    }

    // The count of the issuer is given back last: until then the ticket cannot be settled, although the element may be through.
    private void Taken(Ticket ticket)
    {
        _emitted.Value++;
        ticket.Release();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AcceptAsync(ValueTask put, Ticket ticket)
    {
        try
        {
            await put.ConfigureAwait(true);
        }
        catch
        {
            ticket.Withdraw();
            throw;
        }

        Taken(ticket);
    }

    public async Task CloseAsync()
    {
        try
        {
            if (_stage is IAsyncDisposable owner)
            {
                await owner.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            Node.Run.NoteFault(NodeName, failure);
        }
    }

    private async ValueTask CountAsync(ValueTask put)
    {
        await put.ConfigureAwait(true);
        _emitted.Value++;
    }

    private async Task RunAsync()
    {
        var hasFailed = false;
        try
        {
            await _stage.RunAsync(this).ConfigureAwait(true);
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            // Told to stop: a normal end.
        }
        catch (Exception failure)
        {
            hasFailed = await SourceCourse.SettleAsync(this, () => _stage.RunAsync(this), failure).ConfigureAwait(true);
        }

        _end = hasFailed ? SourceEnd.Failed
            : !Stopping.IsCancellationRequested ? SourceEnd.Exhausted
            : _isNeeded ? SourceEnd.Stopped
            : SourceEnd.NotNeeded;
        PipelineLog.SourceEnded(Logger, NodeName, _end);
        Interlocked.Exchange(ref _edge, null)?.End();
        Node.EndLetters();
        Node.Run.PartIsOver();
        Flow.End();
    }

    private sealed class OutcomeOfElement()
        : TaskCompletionSource<DeliveryOutcome>(TaskCreationOptions.RunContinuationsAsynchronously), IDeliveryObserver
    {
        public void OnDelivered(long position, Delivery delivery) => SetResult(delivery.Outcome);
    }
}
