using Streamz.Dataflow.Graph.Errors;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// The way of a failed element of a parallel node through its policy. The worker is busy meanwhile, and the element keeps its turn; an element whose turn
/// comes after one that stops the pipeline is not tried again.
/// </summary>
internal sealed class SlotCourse<TIn, TOut> : FailureCourse, IDisposable
{
    private readonly ParallelRun<TIn, TOut> _owner;
    private readonly ParallelRun<TIn, TOut>.Slot _slot;
    private readonly CallTimeout? _limit;
    private readonly CancellationTokenSource _end = new();

    public SlotCourse(ParallelRun<TIn, TOut> owner, ParallelRun<TIn, TOut>.Slot slot, CallTimeout? limit)
        : base(owner.Node.Policy, new WorkerFailures(owner.Node))
    {
        _owner = owner;
        _slot = slot;
        _limit = limit;
        owner.Follow(slot, _end);
    }

    protected override CancellationToken Halted => _end.Token;

    protected override string NodeName => _owner.Node.NodeName;

    protected override TimeProvider TimeProvider => _owner.Node.TimeProvider;

    protected override FailedElement Element => FailedElement.Of(_slot.Element.Value);

    protected override ElementContext? Context => _slot.Element.Context;

    /// <summary>A call pushes nothing on.</summary>
    protected override bool MayRepeat => true;

    // The token source is left to those who may be cancelling it: it has no timer.
    public void Dispose() => _owner.Unfollow(_slot);

    protected override ValueTask AttemptAsync(CancellationToken? cancellation) => _owner.CallAsync(_slot, _limit, cancellation);

    protected override bool IsEnd(Exception thrown) => thrown is OperationCanceledException && _owner.Node.Aborted.IsCancellationRequested;

    protected override Exception Explain(Exception failure) => _limit?.Explain(failure) ?? failure;

    protected override void Abandon() => _slot.IsAbandoned = true;

    protected override void Skip(Exception failure)
    {
        _slot.Failure = failure;
        base.Skip(failure);
    }

    protected override void Stop(Exception failure) => _owner.Stop(_slot, failure);

    protected override ValueTask SendAsync(DeadLetterQueue queue, DeadLetter letter)
    {
        _slot.Failure = letter.Exception;
        return base.SendAsync(queue, letter);
    }

    /// <summary>A worker counts as one that moves, whatever the segment of its node does.</summary>
    private sealed class WorkerFailures(NodeRun node) : IFailures
    {
        public void BeginWait(bool byClock) => node.Run.Activity.Add(KindOf(byClock) - RunActivity.Moving);

        public void EndWait(bool byClock) => node.Run.Activity.Add(RunActivity.Moving - KindOf(byClock));

        public void CountRetry(string nodeName, Exception failure, int attempts) => node.CountRetry(nodeName, failure, attempts);

        public void FailAndSkip(string nodeName, Exception failure, ElementContext? context) => node.FailAndSkip(nodeName, failure, context);

        public void FailAndStop(string nodeName, Exception failure, ElementContext? context) => node.FailAndStop(nodeName, failure, context);

        public async ValueTask FailToAsync(DeadLetterQueue queue, DeadLetter letter, ElementContext? context)
        {
            // A flow of its own, which may wait for a place; it moves before the worker ceases to, and the other way round.
            var flow = new FlowTracker(node.Run.Activity);
            flow.Begin();
            node.Run.Activity.Add(-RunActivity.Moving);
            await node.FailToAsync(queue, letter, context, flow).ConfigureAwait(true);
            node.Run.Activity.Add(RunActivity.Moving);
            flow.End();
        }

        private static long KindOf(bool byClock) => byClock ? RunActivity.Timed : RunActivity.User;
    }
}
