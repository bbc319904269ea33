using Streamz.Dataflow.Graph.Errors;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph;

/// <summary>The context of a stage that knows nodes: the runtime's own, or that of a stage which another one hosts.</summary>
internal abstract class NodeContext : StageContext, IFailures
{
    /// <summary>Whether all that is behind the node has ended early, so that what it gives is dropped.</summary>
    internal virtual bool IsUnneeded => false;

    /// <summary>What a failure of this node meets.</summary>
    internal abstract PolicyPlan Policy { get; }

    /// <summary>
    /// The token for the call of a delegate while a ready pipeline of the user's makes it; null for that of the run. Belongs to the one caller of
    /// the stage.
    /// </summary>
    internal abstract CancellationToken? CallToken { get; set; }

    /// <summary>Counts an element that a stage did not get to push on, because it was halted, as its outlet would have.</summary>
    internal abstract void Discard(ElementContext? context);

    /// <summary>Cancels a token; what is called back then may be the user's, and runs elsewhere.</summary>
    internal abstract void Cancel(CancellationTokenSource source);

    /// <summary>Whether an exception is no failure, but the end of the run or of what the stage worked for.</summary>
    internal abstract bool IsEnd(Exception thrown);

    /// <summary>What to report for a failure: that the time of the call has passed, if that is what it ended by.</summary>
    internal abstract Exception Explain(Exception failure);

    /// <summary>The flow of the stage begins to wait between two attempts.</summary>
    /// <param name="byClock">Whether it waits for the clock of the run, and not for user code.</param>
    public abstract void BeginWait(bool byClock);

    /// <summary>Ends what <see cref="BeginWait"/> began.</summary>
    public abstract void EndWait(bool byClock);

    public abstract void CountRetry(string nodeName, Exception failure, int attempts);

    public abstract void FailAndSkip(string nodeName, Exception failure, ElementContext? context);

    public abstract void FailAndStop(string nodeName, Exception failure, ElementContext? context);

    public abstract ValueTask FailToAsync(DeadLetterQueue queue, DeadLetter letter, ElementContext? context);

    internal override ValueTask OnFailureAsync(Exception failure, ElementContext? context)
    {
        if (IsEnd(failure))
        {
            Discard(context);
            return default;
        }

        return new NodeFailure(this, context).SettleAsync(Explain(failure));
    }
}
