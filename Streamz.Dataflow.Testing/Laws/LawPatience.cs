namespace Streamz.Dataflow.Testing;

/// <summary>Makes a law that waits for something that never comes fail instead of waiting for ever.</summary>
internal static class LawPatience
{
    /// <summary>Waits for a task, whatever its result.</summary>
    public static async Task WaitAsync(Task task, TimeSpan patience, string what, Func<string, LawViolationException> broken)
    {
        try
        {
            await task.WaitAsync(patience, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw broken($"waited for {what}, which did not happen within {patience.TotalSeconds} s.");
        }
        catch (Exception) when (task.IsCompleted)
        {
            // What the task ended with is for the law to judge.
        }
    }
}
