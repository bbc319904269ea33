namespace Streamz.Dataflow.Runtime;

/// <summary>Counts a flow that waits for user code.</summary>
internal interface IUserWaits
{
    /// <summary>The flow begins to wait.</summary>
    void BeginUserWait();

    /// <summary>The flow can go on.</summary>
    void EndUserWait();
}

/// <summary>One wait for a task of user code.</summary>
/// <remarks>
/// The continuation is attached before the wait is counted, and the one that ends it takes the count back: whoever completes
/// the task finds the flow moving again by the time that the completion returns. The end may overtake the beginning by a moment;
/// the flow counts as moving all the while.
/// </remarks>
internal sealed class UserWait
{
    private readonly IUserWaits _waits;
    private int _state;

    private UserWait(IUserWaits waits) => _waits = waits;

    public static async ValueTask<TResult> RunAsync<TResult>(IUserWaits waits, ValueTask<TResult> task)
    {
        var wait = new UserWait(waits);
        var ended = wait.FollowAsync(task);
        wait.Begin();
        return await ended.ConfigureAwait(true);
    }

    public static async ValueTask RunAsync(IUserWaits waits, ValueTask task)
    {
        var wait = new UserWait(waits);
        var ended = wait.FollowAsync(task);
        wait.Begin();
        await ended.ConfigureAwait(true);
    }

    private async ValueTask<TResult> FollowAsync<TResult>(ValueTask<TResult> task)
    {
        try
        {
            return await task.ConfigureAwait(true);
        }
        finally
        {
            End();
        }
    }

    private async ValueTask FollowAsync(ValueTask task)
    {
        try
        {
            await task.ConfigureAwait(true);
        }
        finally
        {
            End();
        }
    }

    private void Begin()
    {
        if (Interlocked.CompareExchange(ref _state, 1, 0) == 0)
        {
            _waits.BeginUserWait();
        }
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _state, 2) == 1)
        {
            _waits.EndUserWait();
        }
    }
}
