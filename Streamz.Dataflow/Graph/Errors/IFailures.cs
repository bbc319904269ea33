using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph.Errors;

/// <summary>Where a failed element ends, and where waits between its attempts are counted.</summary>
internal interface IFailures
{
    /// <summary>A flow begins to wait between two attempts.</summary>
    /// <param name="byClock">Whether it waits for the clock of the run, and not for user code.</param>
    void BeginWait(bool byClock);

    /// <summary>Ends what <see cref="BeginWait"/> began.</summary>
    void EndWait(bool byClock);

    /// <summary>The node tries an element again.</summary>
    void CountRetry(string nodeName, Exception failure, int attempts);

    /// <summary>The element has failed and is dropped.</summary>
    void FailAndSkip(string nodeName, Exception failure, ElementContext? context);

    /// <summary>The element has failed and the pipeline stops.</summary>
    void FailAndStop(string nodeName, Exception failure, ElementContext? context);

    /// <summary>The element has failed and goes to a queue, waiting for a place there.</summary>
    ValueTask FailToAsync(DeadLetterQueue queue, DeadLetter letter, ElementContext? context);
}
