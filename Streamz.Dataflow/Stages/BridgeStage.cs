namespace Streamz.Dataflow.Stages;

/// <summary>A sink that tells something outside of the pipeline how its branch ended: once, and after its last element.</summary>
internal abstract class BridgeStage<T> : SinkStage<T>
{
    private int _ended;

    /// <summary>Whether the branch has ended.</summary>
    protected bool HasEnded => Volatile.Read(ref _ended) != 0;

    public override ValueTask OnStartAsync()
    {
        // A stage is not flushed when the pipeline fails or is aborted, nor if it ended itself early.
        _ = WatchAsync(Context.PipelineCompletion);
        return default;
    }

    public override ValueTask OnFlushAsync()
    {
        End(null);
        return default;
    }

    /// <summary>The branch has ended.</summary>
    /// <param name="failure">Why the pipeline failed, if it did.</param>
    protected abstract void OnEnd(Exception? failure);

    private async Task WatchAsync(Task completion)
    {
        await completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        End(completion.Exception?.InnerException);
    }

    private void End(Exception? failure)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            OnEnd(failure);
        }
    }
}
