namespace Streamz.Dataflow.Tests.Parity;

/// <summary>Makes a hang fail instead of blocking the run of the tests.</summary>
internal static class Waiting
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static Task Soon(this Task task) => task.WaitAsync(s_patience);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(s_patience);

    public static Task Soon(this ValueTask task) => task.AsTask().WaitAsync(s_patience);

    /// <summary>
    /// Emits without awaiting in between: what finds no room waits inside the pipeline, in order. A loop that awaits each emit
    /// goes on outside the pipeline, which does not wait for it when it settles.
    /// </summary>
    public static Task EmitTogetherAsync<T>(this StreamSource<T> source, IEnumerable<T> values) =>
        Task.WhenAll(values.Select(value => source.EmitAsync(value).AsTask()).ToList());
}
