using System.Diagnostics.CodeAnalysis;
using Streamz.Dataflow.Graph.Errors;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>The input of a node that its own loops feed.</summary>
internal interface IFeedRun
{
    /// <summary>All inputs from the graph have ended.</summary>
    void InputsEnded();

    /// <summary>Tells the loops to end.</summary>
    void Stop();
}

/// <summary>Runs the loops of a stage that feeds itself, on the scheduler of the run, each as a flow of its own.</summary>
/// <remarks>
/// The port of the fed inlet stays open until the inputs from the graph have ended and no loop runs: so the node, and with it the
/// run, ends behind the last loop. The gate guards the count of loops and what is known of the inputs; it is a leaf.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The token source lives as long as that of the run, which it is linked to.")]
internal sealed class FeedRun<T> : Feed<T>, IFeedRun
{
    private readonly Lock _gate = new();
    private readonly Port<T> _port;
    private readonly CancellationTokenSource _stop;
    private int _loops;
    private bool _inputsEnded;

    public FeedRun(Port<T> port)
    {
        _port = port;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(port.Node.Run.Stopping);
        port.OpenEdges = 1;
    }

    private Run Run => _port.Node.Run;

    public override void Start(Func<FeedLoop<T>, Task> loop)
    {
        lock (_gate)
        {
            _loops++;
        }

        // An element of a graph's loop that feeds goes round it until its feeding ends.
        _port.Loop?.Enter();
        var flow = new FlowTracker(Run.Activity);
        flow.Begin();
        _ = Task.Factory.StartNew(() => RunAsync(loop, flow), CancellationToken.None, TaskCreationOptions.DenyChildAttach, Run.Scheduler);
    }

    public override void Cancel(CancellationTokenSource source)
    {
        Run.Activity.Add(RunActivity.Moving);
        _ = CancelAsync(source);
    }

    public void InputsEnded()
    {
        bool ends;
        lock (_gate)
        {
            _inputsEnded = true;
            ends = _loops == 0;
        }

        EndIf(ends);
    }

    public void Stop() => Run.CancelAll(_stop);

    private async Task CancelAsync(CancellationTokenSource source)
    {
        await source.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Run.Activity.Add(-RunActivity.Moving);
    }

    private async Task RunAsync(Func<FeedLoop<T>, Task> loop, FlowTracker flow)
    {
        try
        {
            await loop(new Loop(this, flow)).ConfigureAwait(true);
        }
        catch (Exception failure)
        {
            _port.Node.FailAndStop(failure, null);
        }

        bool ends;
        lock (_gate)
        {
            ends = --_loops == 0 && _inputsEnded;
        }

        EndIf(ends);
        flow.End();
        _port.Loop?.Exit();
    }

    private void EndIf(bool ends)
    {
        if (ends)
        {
            _port.EdgeEnded(fromOutsideLoop: false);
        }
    }

    private sealed class Loop(FeedRun<T> feed, FlowTracker flow) : FeedLoop<T>
    {
        public override CancellationToken Stopping => feed._stop.Token;

        public override ValueTask PutAsync(Element<T> element, CancellationToken cancellation) => feed._port.PutAsync(element, flow, cancellation);

        public override ValueTask<TResult> AwaitAsync<TResult>(ValueTask<TResult> task) =>
            task.IsCompletedSuccessfully ? task : UserWait.RunAsync(flow, task);

        public override ValueTask AwaitAsync(ValueTask task) => task.IsCompletedSuccessfully ? task : UserWait.RunAsync(flow, task);

        public override ValueTask FailAsync<TElement>(Exception failure, Element<TElement> element) =>
            new LoopFailure(feed._port.Node, FailedElement.Of(element.Value), element.Context, flow).SettleAsync(failure);

        public override void CutShort(ElementContext? context)
        {
            if (feed.Run.IsFaulted)
            {
                feed._port.Node.OnAbandoned(context);
            }
        }
    }

    /// <summary>The failure of an element that a loop works on beside the turns of the stage: what it has fed cannot be taken back.</summary>
    private sealed class LoopFailure(NodeRun node, FailedElement element, ElementContext? context, FlowTracker flow) : NodeFailure(node, context)
    {
        protected override FailedElement Element => element;

        protected override ValueTask SendAsync(DeadLetterQueue queue, DeadLetter letter) => node.FailToAsync(queue, letter, Context, flow);
    }
}
