namespace Streamz.Dataflow.Hosting;

/// <summary>What a host does about a pipeline that has failed.</summary>
public enum PipelineFaultBehavior
{
    /// <summary>Stops the application, as the host does for a background service that fails. The default.</summary>
    StopHost,

    /// <summary>Starts the pipeline again after a time that grows from failure to failure: see <see cref="PipelineRestartOptions"/>.</summary>
    Restart,

    /// <summary>Leaves the pipeline as it is: emitters get its failure, and it is not ready in health checks.</summary>
    Ignore,
}
