using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>An input queue of a segment: hands out places, keeps arrivals, lets senders wait.</summary>
internal abstract class Port(PortAddress address)
{
    public Segment Segment { get; } = address.Node.Segment;

    /// <summary>The node whose input this is.</summary>
    public NodeRun Node { get; } = address.Node;

    /// <summary>The index of the input.</summary>
    public int Input { get; } = address.Input;

    /// <summary>How many elements may be in the segment, waiting, at work or held, from this port.</summary>
    public int Places { get; protected set; } = address.Places;

    /// <summary>Whether the port only brings back the results of a parallel node.</summary>
    public bool IsInternal { get; protected init; }

    /// <summary>Set for the port of a feedback edge.</summary>
    public FeedbackBound? Feedback { get; } = address.Feedback;

    /// <summary>The loop that the node belongs to, if any.</summary>
    public LoopRun? Loop => Node.Loop;

    /// <summary>Ordinary edges and ingresses that have not ended. Guarded by the segment's gate.</summary>
    public int OpenEdges { get; set; }

    public bool HasEnded { get; private set; }

    /// <summary>Whether the side of a join that the port belongs to is taken away at its end, instead of having ended.</summary>
    public bool LeavesJoin { get; set; }

    /// <summary>Whether that has happened. Belongs to the running chunk.</summary>
    public bool HasLeftJoin { get; set; }

    /// <summary>How many elements of this port are held by their stage, as by a zip that waits for the other side.</summary>
    public abstract int Kept { get; }

    /// <summary>How many places are taken.</summary>
    public abstract int Occupied { get; }

    /// <summary>How many elements were accepted so far, those that were replaced included.</summary>
    public abstract long Accepted { get; }

    /// <summary>How many accepted elements newer ones have replaced, in a port that keeps the newest.</summary>
    public abstract long Replaced { get; }

    /// <summary>When the element that is being delivered was accepted, if the node notes that; else the time now.</summary>
    public abstract long ArrivedAt { get; }

    /// <summary>How many senders wait for a place; those that are kept out do not count.</summary>
    public abstract int Waiting { get; }

    /// <summary>How many elements wait for a place that are in no other port: those of emitters and sources.</summary>
    public abstract int CountArriving();

    /// <summary>One edge or ingress will bring no more.</summary>
    /// <param name="fromOutsideLoop">Whether the edge comes into a loop from outside it.</param>
    public void EdgeEnded(bool fromOutsideLoop)
    {
        lock (Segment.Gate)
        {
            OpenEdges--;
        }

        Segment.Wake();

        if (fromOutsideLoop)
        {
            Loop?.OuterEdgeEnded();
        }
    }

    /// <summary>Counts one more edge.</summary>
    /// <returns>False if the port has ended.</returns>
    public bool TryAddEdge()
    {
        lock (Segment.Gate)
        {
            if (HasEnded)
            {
                return false;
            }

            OpenEdges++;
            return true;
        }
    }

    /// <summary>Changes the number of places; what is inside stays.</summary>
    public abstract void SetPlaces(int places);

    /// <summary>Drops what is queued and what will come, because an edit has taken away the side of a join.</summary>
    public abstract void Discard();

    /// <summary>Whether the port has ended just now: nothing can arrive and nothing waits. Called under the gate by the running chunk.</summary>
    public bool TakeEnd()
    {
        if (HasEnded || IsInternal || OpenEdges > 0 || !IsDrained)
        {
            return false;
        }

        HasEnded = true;
        return true;
    }

    /// <summary>Whether nothing is queued, at work or waiting but what is kept out. Read under the gate.</summary>
    public abstract bool IsQuiet { get; }

    /// <summary>Keeps new elements out of the run until <see cref="LetIn"/>; what is inside goes on.</summary>
    public abstract void KeepOut();

    /// <summary>Ends <see cref="KeepOut"/>.</summary>
    public abstract void LetIn();

    /// <summary>Takes a place for an element that its stage holds from an earlier run. Called before the first element.</summary>
    public abstract void RestoreKept();

    /// <summary>Whether a flow of the run waits for a place here.</summary>
    public abstract bool IsWaitedForBy(FlowTracker flow);

    /// <summary>Has each element that is delivered looked at, since some belong to a trace.</summary>
    public abstract void Trace();

    /// <summary>Keeps the place of the element that is being delivered.</summary>
    public abstract void KeepPlace();

    /// <summary>Gives back a place that was kept.</summary>
    public abstract void ReturnKept();

    /// <summary>Gives back a place, and lets the next sender in.</summary>
    public abstract void ReturnPlace();

    /// <summary>Counts an element that is through; <see cref="ReachMarksIfAny"/> is to follow.</summary>
    public abstract void CountProcessed();

    /// <summary>Tells those who wait for what is counted by now.</summary>
    public abstract void ReachMarksIfAny();

    /// <summary>Delivers the next elements of the running chunk.</summary>
    public abstract ValueTask ProcessAsync(int parity, int count);

    /// <summary>Forgets what the running chunk has delivered.</summary>
    public abstract void ClearBuffer(int parity);

    /// <summary>Discards, as abandoned, what is queued and what will come; tells waiting emitters.</summary>
    public abstract void Halt();

    /// <summary>Refuses the emitters that wait.</summary>
    public abstract void RefuseEmitters();

    /// <summary>Decides where failures behind the port are caught.</summary>
    public abstract void Seal();

    /// <summary>Makes the inlet that another segment pushes to.</summary>
    public abstract Inlet CreateEdge(FlowTracker sender, bool fromOutsideLoop);

    /// <summary>Makes what the node feeds itself with, through this port.</summary>
    public abstract IFeedRun CreateFeed();

    /// <summary>Completes when everything accepted so far has been processed.</summary>
    public abstract Task WhenProcessedAsync();

    /// <summary>Whether nothing is queued or waiting. Read under the gate.</summary>
    protected abstract bool IsDrained { get; }
}

/// <summary>Where a port is and how many places it has.</summary>
/// <param name="Node">The node whose input it is; the head of its segment.</param>
/// <param name="Input">The index of the input.</param>
/// <param name="Places">The number of places.</param>
/// <param name="Feedback">Set for the port of a feedback edge.</param>
internal sealed record PortAddress(NodeRun Node, int Input, int Places, FeedbackBound? Feedback = null);

/// <summary>The bound of a feedback edge.</summary>
internal sealed record FeedbackBound(string Edge, FeedbackFullMode WhenFull);

/// <summary>The end of an edge at a port.</summary>
internal interface IPortEdge
{
    /// <summary>The port that the edge leads to.</summary>
    Port Port { get; }

    /// <summary>The edge will bring no more.</summary>
    void End();

    /// <summary>Makes the same edge for another flow that pushes in its place.</summary>
    Inlet For(FlowTracker sender);
}
