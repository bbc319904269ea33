namespace Streamz.Dataflow.Tests.Runtime;

internal static class Hang
{
    /// <summary>Longer than any test may take; a hang fails instead of blocking.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static Task OrFail(this Task task) => task.WaitAsync(Limit);

    public static Task OrFail(this ValueTask task) => task.AsTask().WaitAsync(Limit);

    public static Task<T> OrFail<T>(this Task<T> task) => task.WaitAsync(Limit);

    /// <summary>Waits for the end of a task, whatever the end is.</summary>
    public static async Task Ended(this Task task) => await task.WaitAsync(Limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
