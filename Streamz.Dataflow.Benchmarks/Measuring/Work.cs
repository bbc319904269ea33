namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>The work that all contestants do: as little as possible, so that what is measured is the way to it.</summary>
internal static class Work
{
    public const int Capacity = 128;

    public static readonly Func<long, long> Increment = static x => x + 1;

    // Each a method of its own, as the maps of a real pipeline are: calls that always have the same target are inlined, and measure nothing.
    private static readonly Func<long, long>[] s_increments =
    [
        static x => x + 1, static x => x + 1, static x => x + 1, static x => x + 1, static x => x + 1,
        static x => x + 1, static x => x + 1, static x => x + 1, static x => x + 1, static x => x + 1,
    ];

    /// <summary>The map at a place of a chain of maps.</summary>
    public static Func<long, long> IncrementAt(int place) => s_increments[place % s_increments.Length];

    public static IEnumerable<long> Numbers(int count)
    {
        for (var i = 0L; i < count; i++)
        {
            yield return i;
        }
    }

    /// <summary>An await that always suspends, and takes no longer than the thread pool needs to come back.</summary>
    public static async Task<long> IncrementLaterAsync(long value)
    {
        await Task.Yield();
        return value + 1;
    }
}
