namespace Streamz.Dataflow;

/// <summary>
/// Several workers were lost, one after the other, while they had the same thing to do, so it is given to no other: see <see cref="OrleansClusterOptions.MaxWorkerLosses"/>.
/// </summary>
/// <remarks>It is the <see cref="Exception.InnerException"/> of a <see cref="ClusterTaskException"/>, and what the node's error policy is asked about, like any failure of a function.</remarks>
public sealed class WorkerLostException : Exception
{
    internal WorkerLostException(int losses)
        : base(losses == 1
            ? "The worker was lost while it had this to do."
            : $"{losses} workers were lost, one after the other, while they had this to do. Does it end its process, by a stack overflow, want of memory or native code? If workers come and go for other reasons, raise {nameof(OrleansClusterOptions)}.{nameof(OrleansClusterOptions.MaxWorkerLosses)}.")
    {
    }
}
