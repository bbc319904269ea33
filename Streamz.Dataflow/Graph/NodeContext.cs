using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph;

/// <summary>The context of a stage that knows nodes: the runtime's own, or that of a stage which another one hosts.</summary>
internal abstract class NodeContext : StageContext
{
    /// <summary>A stage that this one hosts, at any depth, has failed on an element.</summary>
    /// <param name="failed">The node of that stage, whose name the failure carries.</param>
    /// <param name="policy">What that node, or a host in between, says of failures; null if they say nothing.</param>
    /// <param name="failure">The failure.</param>
    /// <param name="context">The context of the element, if it was one.</param>
    internal abstract ValueTask OnFailureAsync(Node failed, ErrorPolicy? policy, Exception failure, ElementContext? context);

    /// <summary>Counts an element that a stage did not get to push on, because it was halted, as its outlet would have.</summary>
    internal abstract void Discard(ElementContext? context);

    /// <summary>Cancels a token; what is called back then may be the user's, and runs elsewhere.</summary>
    internal abstract void Cancel(CancellationTokenSource source);
}
