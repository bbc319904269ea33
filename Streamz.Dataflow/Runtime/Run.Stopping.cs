using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>How a run fails, stops and is aborted.</summary>
internal sealed partial class Run
{
    /// <summary>A fresh exception for one caller, or null if the run has not failed.</summary>
    public NodeFailedException? CreateFault()
    {
        lock (_gate)
        {
            return FirstFault is { } first ? new NodeFailedException(first.NodeName, first.InnerException!, [.. _laterFailures]) : null;
        }
    }

    /// <summary>Refuses new elements because a node has failed, before its failure takes its turn.</summary>
    public void RefuseIntake(NodeRun node, Exception failure)
    {
        lock (_gate)
        {
            _refusal ??= new NodeFailedException(node.NodeName, failure);
        }

        Refuse();
    }

    /// <summary>Stops the run because a node has failed.</summary>
    /// <param name="node">The node.</param>
    /// <param name="failure">The failure.</param>
    /// <param name="nodeName">The name of the node inside it that has failed; null if it is the node itself.</param>
    public void Fault(NodeRun node, Exception failure, string? nodeName = null)
    {
        NoteFault(nodeName ?? node.NodeName, failure);
        if (IsEnding)
        {
            // Told by a listener or by the last checkpoint: there is nothing left to halt.
            return;
        }

        foreach (var ancestor in AncestorsOf(node))
        {
            Halt(ancestor);
        }

        // What entered before the failed element is still to be pushed on. Behind a source and in a parallel node it may
        // not be yet.
        if (node.Parallel is not null)
        {
            HaltEntries(node);
        }
        else if (node.Node.Kind != NodeKind.Source)
        {
            Halt(node);
        }

        Refuse();
        LetGo();
    }

    /// <summary>Notes that a node has failed, though there is nothing left to stop.</summary>
    public void NoteFault(string nodeName, Exception failure)
    {
        bool first;
        lock (_gate)
        {
            first = _fault is null;
            if (first)
            {
                _fault = new NodeFailedException(nodeName, failure);
            }
            else
            {
                _laterFailures.Add(new NodeFailedException(nodeName, failure));
            }
        }

        if (first)
        {
            PipelineLog.NodeFailed(Logger, failure, nodeName);
        }
        else
        {
            PipelineLog.NodeFailedLater(Logger, failure, nodeName);
        }
    }

    /// <summary>Closes all sources; what was accepted is still delivered.</summary>
    public void CloseIntake()
    {
        _isSuspended = Checkpoints is { SavesStates: true };

        // First: an edit that adds an entrance looks at this afterwards.
        CancelAll(_stop);
        foreach (var ingress in Ingresses)
        {
            ingress.Close(SourceEnd.Stopped);
        }

        EndPauses();
        if (_isSuspended)
        {
            foreach (var port in Ports)
            {
                // Nobody new comes any more; what waits behind a join that keeps what it holds must go on all the same.
                port.KeepOut();
            }

            foreach (var node in Loops.SelectMany(loop => loop.Members))
            {
                node.Segment.Request(node, node.SuspendAsync);
            }
        }
    }

    /// <summary>An edit has added parts: should the run have begun to stop meanwhile, they are told as well.</summary>
    public void CatchUp()
    {
        if (_aborted)
        {
            Abort();
        }
        else if (IsFaulted)
        {
            Refuse();
            LetGo();
        }
        else if (Stopping.IsCancellationRequested)
        {
            CloseIntake();
        }
    }

    /// <summary>Discards everything that is still inside.</summary>
    public void Abort()
    {
        _aborted = true;
        _whenAborted.TrySetResult();
        foreach (var node in Nodes)
        {
            Halt(node);
        }

        Refuse();
        LetGo();
        CancelAll(_abort);
    }

    private void Refuse()
    {
        CancelAll(_stop);
        foreach (var ingress in Ingresses)
        {
            ingress.Refuse();
        }

        EndPauses();
    }

    /// <summary>Cancels, whatever the callbacks of users do: none of them may keep the run from stopping.</summary>
    public static void CancelAll(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException)
        {
            // Thrown by callbacks, after all of them were called.
        }
    }

    /// <summary>The owner of a source has given it up. If it was the last, nobody is left to resume what is paused.</summary>
    public void EndPausesIfAllSourcesEnded()
    {
        if (Ingresses.All(ingress => ingress.IsClosed) && Drivers.All(driver => driver.Completion.IsCompleted))
        {
            EndPauses();
        }
    }

    /// <summary>A run that stops does not wait for anybody who paused it.</summary>
    private void EndPauses()
    {
        foreach (var segment in Segments)
        {
            segment.Resume();
        }
    }

    private static void Halt(NodeRun node)
    {
        if (node.Stage.Outlet is { } outlet)
        {
            outlet.Halted = true;
        }

        node.Parallel?.Halt();
        node.Halt();
        HaltEntries(node, internalToo: true);
    }

    private static void HaltEntries(NodeRun node, bool internalToo = false)
    {
        if (node.Segment is not { } segment)
        {
            return;
        }

        foreach (var port in segment.Ports)
        {
            if (port.Node == node && (internalToo || !port.IsInternal))
            {
                port.Halt();
            }
        }
    }

    /// <summary>
    /// Ticks are not served any more, so that a loop must not wait for them, nor a sender for a place that a stage keeps until its tick, or
    /// until a partner comes.
    /// </summary>
    private void LetGo()
    {
        foreach (var node in Nodes.Where(node => node.Loop is not null || node.Segment?.Head == node))
        {
            node.Segment?.Request(node, () =>
            {
                node.LetGo();
                return default;
            });
        }
    }

    private static HashSet<NodeRun> AncestorsOf(NodeRun node)
    {
        var found = new HashSet<NodeRun>();
        var open = new Stack<NodeRun>([node]);
        while (open.TryPop(out var next))
        {
            foreach (var edge in next.Inputs)
            {
                if (edge.From != node && found.Add(edge.From))
                {
                    open.Push(edge.From);
                }
            }
        }

        return found;
    }
}
