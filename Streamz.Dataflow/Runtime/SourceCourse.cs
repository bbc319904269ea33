using Streamz.Dataflow.Diagnostics;
using Streamz.Dataflow.Graph.Errors;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// The way of a failed source through its policy. A retry starts its loop again, when the one before has ended, and never while it runs. As soon as an
/// element was emitted the attempts count from the beginning: a source that fails once a day is not at its end after a week.
/// </summary>
internal sealed class SourceCourse : FailureCourse
{
    private readonly ISourceDriver _source;
    private readonly Func<Task> _run;
    private Exception? _next;
    private bool _hasFailed;

    private SourceCourse(ISourceDriver source, Func<Task> run)
        : base(source.Node.Policy, new SourceFailures(source))
    {
        _source = source;
        _run = run;
    }

    protected override CancellationToken Halted => _source.Stopping;

    protected override string NodeName => _source.Node.NodeName;

    protected override TimeProvider TimeProvider => _source.Node.TimeProvider;

    protected override FailedElement Element => default;

    protected override ElementContext? Context => null;

    protected override bool MayRepeat => _source.Node.Node.CanRestart;

    /// <summary>Has a failure of a source meet its policy.</summary>
    /// <param name="source">The source.</param>
    /// <param name="run">Runs its loop.</param>
    /// <param name="failure">What the loop has ended by.</param>
    /// <returns>Whether the source has failed for good, and did not end normally in a later attempt.</returns>
    public static async ValueTask<bool> SettleAsync(ISourceDriver source, Func<Task> run, Exception failure)
    {
        for (var next = failure; ;)
        {
            var course = new SourceCourse(source, run);
            await course.SettleAsync(next).ConfigureAwait(true);
            if (course._next is not { } later)
            {
                return course._hasFailed;
            }

            next = later;
        }
    }

    protected override async ValueTask AttemptAsync(CancellationToken? cancellation)
    {
        var before = _source.Emitted;
        try
        {
            await _run().ConfigureAwait(true);
        }
        catch (Exception failure) when (_source.Emitted > before && !IsEnd(failure))
        {
            _next = failure;
        }
    }

    protected override bool IsEnd(Exception thrown) => thrown is OperationCanceledException && _source.Stopping.IsCancellationRequested;

    protected override Exception Explain(Exception failure) => failure;

    protected override void Abandon()
    {
        // Told to stop between two attempts: a normal end.
    }

    protected override void Skip(Exception failure)
    {
        _hasFailed = true;
        PipelineLog.SourceGivenUp(_source.Node.Run.Logger, failure, NodeName);
        _source.Node.NoteFailure(failure, null);
    }

    protected override void Stop(Exception failure)
    {
        _hasFailed = true;
        base.Stop(failure);
    }

    protected override ValueTask SendAsync(DeadLetterQueue queue, DeadLetter letter)
    {
        _hasFailed = true;
        return base.SendAsync(queue, letter);
    }

    /// <summary>A source that waits by the clock counts as idle, as it does between its elements.</summary>
    private sealed class SourceFailures(ISourceDriver source) : IFailures
    {
        public void BeginWait(bool byClock)
        {
            source.IsPausing = byClock;
            source.Flow.Block(byClock ? 0 : RunActivity.User);
        }

        public void EndWait(bool byClock)
        {
            source.Flow.Unblock(byClock ? 0 : RunActivity.User);
            source.IsPausing = false;
        }

        public void CountRetry(string nodeName, Exception failure, int attempts) => source.Node.CountRestart(failure, attempts);

        public void FailAndSkip(string nodeName, Exception failure, ElementContext? context) => source.Node.FailAndSkip(nodeName, failure, context);

        public void FailAndStop(string nodeName, Exception failure, ElementContext? context) => source.Node.FailAndStop(nodeName, failure, context);

        public ValueTask FailToAsync(DeadLetterQueue queue, DeadLetter letter, ElementContext? context) =>
            source.Node.FailToAsync(queue, letter, context, source.Flow);
    }
}
