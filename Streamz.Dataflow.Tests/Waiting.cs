namespace Streamz.Dataflow.Tests;

/// <summary>Makes a hang fail instead of blocking the run of the tests.</summary>
internal static class Waiting
{
    /// <summary>Longer than anything may take that a test waits for. Mutation testing waits for many things that never come.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("STREAMZ_MUTATION") == "true" ? 8 : 20);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    public static Task Soon(this Task task) => task.WaitAsync(Limit);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task Soon(this ValueTask task) => task.AsTask().WaitAsync(Limit);

    /// <summary>Waits for the end of a task, whatever the end is.</summary>
    public static async Task Ended(this Task task) => await task.WaitAsync(Limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Asks again and again, until something holds that nobody tells of.</summary>
    public static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition().WaitAsync(limit.Token))
        {
            await Task.Delay(s_look, limit.Token);
        }
    }

    /// <summary>
    /// Emits without awaiting in between: what finds no room waits inside the pipeline, in order. A loop that awaits each emit
    /// goes on outside the pipeline, which does not wait for it when it settles.
    /// </summary>
    public static Task EmitTogetherAsync<T>(this StreamSource<T> source, IEnumerable<T> values) =>
        Task.WhenAll(values.Select(value => source.EmitAsync(value).AsTask()).ToList());
}
