namespace Streamz.Dataflow.Hosting;

/// <summary>Where a pipeline of a host is in its life.</summary>
public enum PipelineState
{
    /// <summary>It has not started: it starts with the host.</summary>
    NotStarted,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It has failed, and starts again when its backoff is over.</summary>
    Restarting,

    /// <summary>It takes no more elements, and drains.</summary>
    Stopping,

    /// <summary>It is over, without a failure: it was stopped, or all its sources have ended.</summary>
    Completed,

    /// <summary>It has failed, and is not started again.</summary>
    Faulted,
}
