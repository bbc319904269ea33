using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>The entrance of a run at one source.</summary>
internal interface IIngress
{
    NodeRun Node { get; }

    Run Run { get; }

    Port Port { get; }

    bool IsClosed { get; }

    /// <summary>How many elements were accepted here.</summary>
    long Accepted { get; }

    /// <summary>Lets emits in.</summary>
    void Open();

    /// <summary>Why the source was closed, if it was.</summary>
    SourceEnd End { get; }

    /// <summary>Refuses what comes from now on; what waits still lands.</summary>
    /// <param name="why">Why, if it was not closed before.</param>
    void Close(SourceEnd why);

    /// <summary>Refuses what comes from now on and what waits.</summary>
    void Refuse();

    /// <summary>Lets what comes from now on in at another port of the same type; what waits still lands here.</summary>
    void MoveTo(Port port);
}

/// <summary>The entrance of a run where users emit elements of one type.</summary>
/// <remarks>The counts and the closed flag belong to the gate of the port's segment.</remarks>
internal sealed partial class Ingress<T>(NodeRun node, Port<T> port, bool fromOutsideLoop) : IIngress, ITicketIssuer, IManySender<T>
{
    private readonly Run _run = node.Run;
    private IsolatedCount _accepted;
    private bool _closed;
    private bool _ended;
    private volatile SourceEnd _end;

    public NodeRun Node => node;

    Port IIngress.Port => port;

    public Port<T> Port => port;

    /// <summary>The entrance that has taken the place of this one. Guarded by the gate.</summary>
    public Ingress<T>? Successor { get; private set; }

    public Run Run => _run;

    public long Accepted
    {
        get => _accepted.Value;
        set => _accepted.Value = value;
    }

    /// <summary>How many emits wait here.</summary>
    public int Waiting { get; set; }

    public bool IsClosed => Volatile.Read(ref _closed);

    public SourceEnd End => _end;

    public ValueTask EmitAsync(T value, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellation);
        }

        return IsWatched ? EmitWatchedAsync(value, cancellation) : port.EmitAsync(new Element<T>(value, null), this, cancellation);
    }

    /// <summary>Emits elements that are there already, in order.</summary>
    public async ValueTask EmitAllAsync(ReadOnlyMemory<T> values, CancellationToken cancellation)
    {
        while (!values.IsEmpty)
        {
            cancellation.ThrowIfCancellationRequested();
            var taken = IsWatched ? 0 : await port.PutManyAsync(values, this, cancellation).ConfigureAwait(false);
            if (taken == 0)
            {
                await EmitAsync(values.Span[0], cancellation).ConfigureAwait(false);
                taken = 1;
            }

            values = values[taken..];
        }
    }

    public bool TryEmit(T value) => IsWatched ? TryEmitWatched(value) : port.TryEmit(new Element<T>(value, null), this);

    public Task<DeliveryOutcome> DeliverAsync(T value, CancellationToken cancellation)
    {
        var receipt = new DeliveryReceipt(this);
        var emit = EmitAsync(value, receipt, cancellation);
        return emit.IsCompletedSuccessfully ? receipt.Task : AwaitBothAsync();

        async Task<DeliveryOutcome> AwaitBothAsync()
        {
            await emit.ConfigureAwait(false);
            return await receipt.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Emits an element whose outcome an observer is told.</summary>
    public ValueTask EmitAsync(T value, IDeliveryObserver observer, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested ? ValueTask.FromCanceled(cancellation)
        : StreamzActivitySource.IsToBeContinued ? EmitTracedAsync(value, observer, cancellation)
        : port.EmitAsync(new Element<T>(value, _run.Tickets.Issue(this, observer, 0, default)), this, cancellation);

    /// <summary>Emits an element whose outcome a callback is told.</summary>
    public ValueTask EmitAsync(T value, Action<Delivery> onSettled, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellation);
        }

        return StreamzActivitySource.IsToBeContinued
            ? EmitTracedAsync(value, onSettled, cancellation)
            : port.EmitAsync(new Element<T>(value, _run.Tickets.Issue(this, onSettled, default)), this, cancellation);
    }

    FlowTracker? IManySender<T>.Flow => null;

    Ingress<T>? IManySender<T>.Ingress => this;

    bool IManySender<T>.GoesOnAt(Port<T> other) => !_closed;

    void IManySender<T>.Count(int taken) => Accepted += taken;

    void ITicketIssuer.OnListenerFailed(Exception failure) => node.OnListenerFailed(failure);

    void ITicketIssuer.RecordLatency(long acceptedAt, DeliveryOutcome outcome) => _run.RecordLatency(acceptedAt, outcome);

    public void Open() => ((IngressNode<T>)node.Node).Entrance = this;

    public void Close(SourceEnd why)
    {
        bool isFirst;
        Ingress<T>? successor;

        // Closing moves the run on: until the segment has been woken, nothing may take the run for idle.
        _run.Activity.Add(RunActivity.Moving);
        lock (port.Segment.Gate)
        {
            successor = Successor;
            isFirst = !_closed;
            _end = isFirst ? why : _end;
            _closed = true;
            EndIfClosedAndEmpty();
        }

        if (isFirst)
        {
            PipelineLog.SourceEnded(_run.Logger, node.NodeName, why);
        }

        port.Segment.Wake();
        successor?.Close(why);
        _run.Activity.Add(-RunActivity.Moving);
    }

    public void MoveTo(Port other)
    {
        var successor = new Ingress<T>(node, (Port<T>)other, fromOutsideLoop: false);
        bool wasClosed;

        // First: nobody may find that all entrances of the source are closed while it is open.
        _run.Ingresses.Add(successor);
        lock (port.Segment.Gate)
        {
            wasClosed = _closed;
            Successor = successor;
            _closed = true;
            EndIfClosedAndEmpty();
        }

        successor.Open();
        if (wasClosed)
        {
            successor.Close(_end);
        }

        port.Segment.Wake();
    }

    public void Refuse()
    {
        Close(SourceEnd.Stopped);
        port.RefuseEmitters();
        Successor?.Refuse();
    }

    /// <summary>The exception that tells why nothing is taken any more.</summary>
    public Exception Closed() =>
        _run.CreateFault() ?? (Exception)new PipelineClosedException(
            $"'{node.NodeName}' takes no more elements: it was completed or stopped. Start the pipeline again to emit more.");

    public void ThrowIfClosed()
    {
        if (_closed)
        {
            throw Closed();
        }
    }

    /// <summary>The exception for an emit that is not taken, and must not wait either; null if it may wait. Called under the gate.</summary>
    public Exception? FindRefusal()
    {
        if (_closed)
        {
            return Closed();
        }

        if (Waiting >= _run.Options.MaxWaitingEmits)
        {
            return new PipelineFullException(
                $"{Waiting} emits are waiting at '{node.NodeName}' already. Await each EmitAsync, emit from fewer callers, or raise StreamOptions.MaxWaitingEmits.");
        }

        return Run.Current == _run
            ? new InvalidOperationException(
                $"A delegate of the pipeline emits into its own pipeline at '{node.NodeName}', which is full: it would wait for itself. Close a loop with Feedback instead.")
            : null;
    }

    /// <summary>Ends the edge into the port once the last emit that waited has landed. Called under the gate.</summary>
    public void EndIfClosedAndEmpty()
    {
        if (_closed && Waiting == 0 && !_ended)
        {
            _ended = true;
            port.OpenEdges--;
            if (fromOutsideLoop && port.Loop is { } loop)
            {
                // The loop asks for the gates of its segments.
                _run.Activity.Add(RunActivity.Moving);
                ThreadPool.UnsafeQueueUserWorkItem(
                    static ended =>
                    {
                        ended.loop.OuterEdgeEnded();
                        ended.run.Activity.Add(-RunActivity.Moving);
                    },
                    (loop, run: _run),
                    preferLocal: false);
            }
        }
    }
}
