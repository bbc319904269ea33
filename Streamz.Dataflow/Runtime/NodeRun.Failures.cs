using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Graph.Errors;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>How a node fails on elements: what its policy leads to.</summary>
/// <remarks>The counts are interlocked: the workers of a parallel node fail at once.</remarks>
internal sealed partial class NodeRun
{
    private readonly List<LetterEdge> _letters = [];
    private long _failed;
    private long _retried;
    private long _deadLettered;
    private EntryLimit _skippedEntries;
    private EntryLimit _retriedEntries;
    private EntryLimit _deadLetteredEntries;

    /// <summary>Elements that the node has failed on for good.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Attempts after the first.</summary>
    public long Retried => Interlocked.Read(ref _retried);

    /// <summary>Failed elements that went to a queue.</summary>
    public long DeadLettered => Interlocked.Read(ref _deadLettered);

    internal override PolicyPlan Policy => Node.Policy;

    internal override CancellationToken? CallToken { get; set; }

    public override void BeginWait(bool byClock) => Segment.Flow.Block(byClock ? RunActivity.Timed : RunActivity.User);

    public override void EndWait(bool byClock) => Segment.Flow.Unblock(byClock ? RunActivity.Timed : RunActivity.User);

    /// <summary>Fails an element and stops the pipeline.</summary>
    public void FailAndStop(Exception failure, ElementContext? context) => FailAndStop(NodeName, failure, context);

    public override void FailAndStop(string nodeName, Exception failure, ElementContext? context)
    {
        NoteFailure(failure, context, nodeName);
        Run.Fault(this, failure, nodeName);
    }

    /// <summary>Fails an element, without stopping the pipeline yet.</summary>
    public void NoteFailure(Exception failure, ElementContext? context, string? nodeName = null)
    {
        CountFailure(failure);
        context?.Fail(new NodeFailedException(nodeName ?? NodeName, failure));
    }

    public override void FailAndSkip(string nodeName, Exception failure, ElementContext? context)
    {
        CountFailure(failure);
        if (_skippedEntries.TryTake(TimeProvider, out var leftOut))
        {
            PipelineLog.ElementSkipped(Run.Logger, failure, nodeName, leftOut);
        }

        Run.Observers.OnSkipped(nodeName, failure);
        Drop(context);
    }

    public override void CountRetry(string nodeName, Exception failure, int attempts)
    {
        Interlocked.Increment(ref _retried);
        if (_retriedEntries.TryTake(TimeProvider, out var leftOut))
        {
            PipelineLog.ElementRetried(Run.Logger, failure, nodeName, attempts, leftOut);
        }
    }

    /// <summary>The node is a source and is started again.</summary>
    public void CountRestart(Exception failure, int attempts)
    {
        Interlocked.Increment(ref _retried);
        PipelineLog.SourceRestarted(Run.Logger, failure, NodeName, attempts);
    }

    public override ValueTask FailToAsync(DeadLetterQueue queue, DeadLetter letter, ElementContext? context) => FailToAsync(queue, letter, context, Segment.Flow);

    /// <summary>Sends a failed element to a queue.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="letter">The element.</param>
    /// <param name="context">The context of the element.</param>
    /// <param name="flow">What waits for a place there.</param>
    public ValueTask FailToAsync(DeadLetterQueue queue, DeadLetter letter, ElementContext? context, FlowTracker flow)
    {
        var edge = _letters.Find(edge => edge.Queue.Node == queue.Node)!;
        CountFailure(letter.Exception);
        if (Run.Aborted.IsCancellationRequested || Stage.Outlet is { Halted: true })
        {
            OnAbandoned(context);
            return default;
        }

        if (edge.HasEnded)
        {
            Drop(context);
            return default;
        }

        Interlocked.Increment(ref _deadLettered);
        if (_deadLetteredEntries.TryTake(TimeProvider, out var leftOut))
        {
            PipelineLog.ElementDeadLettered(Run.Logger, letter.Exception, letter.NodeName, edge.Queue.NodeName, letter.Attempts, leftOut);
        }

        Run.Observers.OnDeadLettered(new DeadLettering(Node.Id, letter.NodeName, edge.Queue.NodeName, letter.Exception, letter.Attempts, letter.HasElement, letter.Element));
        return edge.Port.PutAsync(new Element<DeadLetter>(letter, context), flow);
    }

    /// <summary>
    /// What was to learn the outcome of this source's elements has failed: nobody knows any more what was delivered, so the pipeline stops, whatever
    /// the policy for elements is.
    /// </summary>
    public void OnListenerFailed(Exception failure)
    {
        Interlocked.Increment(ref _failed);
        Run.Fault(this, failure);
    }

    /// <summary>How far this source is done could not be saved.</summary>
    public void OnCheckpointFailed(Exception failure)
    {
        Interlocked.Increment(ref _failed);
        if ((Node.OnError ?? Run.Options.OnError).Equals(ErrorPolicy.Skip))
        {
            PipelineLog.CheckpointFailed(Run.Logger, failure, NodeName);
        }
        else
        {
            Run.Fault(this, failure);
        }
    }

    /// <summary>Connects the node with a queue that its failed elements may go to.</summary>
    /// <param name="port">The port of the queue.</param>
    /// <param name="end">The end of the edge there.</param>
    public void AddLetterEdge(Port<DeadLetter> port, IPortEdge end) => _letters.Add(new LetterEdge(port, end));

    /// <summary>Ends the edges to queues: the node fails on nothing more, or nobody wants the letters.</summary>
    /// <param name="isGone">Which queues; null for all.</param>
    public void EndLetters(Func<NodeRun, bool>? isGone = null)
    {
        foreach (var edge in _letters)
        {
            if (isGone?.Invoke(edge.Queue) != false)
            {
                edge.End();
            }
        }
    }

    internal override bool IsEnd(Exception thrown) =>
        thrown is OperationCanceledException cancelled && (Run.Aborted.IsCancellationRequested || cancelled.CancellationToken == _halt.Token);

    internal override Exception Explain(Exception failure) => _call?.Explain(failure) ?? failure;

    private sealed class LetterEdge(Port<DeadLetter> port, IPortEdge end)
    {
        private int _ended;

        public Port<DeadLetter> Port { get; } = port;

        public NodeRun Queue { get; } = port.Node;

        public bool HasEnded => Volatile.Read(ref _ended) != 0;

        public void End()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                end.End();
            }
        }
    }
}
