namespace Streamz.Dataflow.Diagnostics;

/// <summary>Is told what happens in a run besides the flow of elements. Called by the flows of the run: it must be quick, and must not throw.</summary>
internal interface IRunObserver
{
    /// <summary>A run begins.</summary>
    /// <param name="completion">Completes when it is over, as the completion of its pipeline does.</param>
    void OnStarted(Task completion);

    /// <summary>A node has failed on an element for good, and the element is skipped.</summary>
    void OnSkipped(string node, Exception failure);

    /// <summary>A node has failed on an element for good, which goes to a dead-letter queue.</summary>
    void OnDeadLettered(DeadLettering letter);

    /// <summary>The graph was edited.</summary>
    void OnEdited(int added, int removed, int changed);

    /// <summary>An edit was taken back.</summary>
    void OnEditTakenBack(Exception reason);
}

/// <summary>A failed element on its way to a dead-letter queue.</summary>
/// <param name="NodeId">The number of the node that has the policy.</param>
/// <param name="Node">The name of the node that has failed, which may be one inside it.</param>
/// <param name="Queue">The name of the queue.</param>
/// <param name="Failure">What it threw.</param>
/// <param name="Attempts">How many attempts were made.</param>
/// <param name="HasElement">Whether there is an element.</param>
/// <param name="Element">The element.</param>
internal readonly record struct DeadLettering(int NodeId, string Node, string Queue, Exception Failure, int Attempts, bool HasElement, object? Element);
