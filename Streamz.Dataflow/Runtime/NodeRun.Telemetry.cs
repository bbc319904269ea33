using System.Diagnostics;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>What a node tells of its work on elements that belong to a trace.</summary>
internal sealed partial class NodeRun
{
    internal override Activity? StartActivity(ElementContext element) =>
        StreamzActivitySource.IsListenedTo ? StreamzActivitySource.StartProcessing(Run.PipelineName, NodeName, element.Trace, element.Links) : null;

    /// <summary>Counts an element that the node has failed on for good, and marks the activity of the node, if it is in force.</summary>
    private void CountFailure(Exception failure)
    {
        Interlocked.Increment(ref _failed);
        StreamzActivitySource.Fail(NodeName, failure);
    }
}
