using System.Diagnostics;
using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>What the workers of a parallel node tell of their work.</summary>
internal sealed partial class ParallelRun<TIn, TOut>
{
    /// <summary>Has the time of the workers counted, while somebody listens. Called under the gate, whenever their number has changed.</summary>
    private void NoteWorkers()
    {
        if (StreamzMeter.MeasuresTimes)
        {
            _node.Segment.Flow.NoteWorkers(Math.Min(_unfinished, _degree), _degree);
        }
    }

    /// <summary>Starts the activity of a worker, if the element belongs to a trace: it lasts until the policy of the node has settled a failure, too.</summary>
    private Activity? StartActivity(Element<TIn> element) =>
        element.Context is { } context && context.Trace != default ? _node.StartActivity(context) : null;
}
