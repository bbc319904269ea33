namespace Streamz.Dataflow;

/// <summary>Tasks whose result somebody may not come for.</summary>
internal static class AbandonedTasks
{
    /// <summary>Awaited or not, a failure of the task was handled: it must not be raised as one that nobody has observed.</summary>
    /// <returns>The task itself.</returns>
    public static Task<T> MayBeAbandoned<T>(this Task<T> task)
    {
        _ = task.ContinueWith(static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }
}
