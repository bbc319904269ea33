using System.Globalization;
using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Seed;

/// <summary>The two functions that the seed's programs share, and the clock that they print.</summary>
internal sealed class SeedProgram(SampleHost host)
{
    private static readonly TimeSpan s_work = TimeSpan.FromSeconds(0.1);

    private readonly Lock _gate = new();
    private readonly long _began = host.Clock.GetTimestamp();

    /// <summary>Blocks its thread, as a function does that was not written to be awaited.</summary>
    public int Increment(int x)
    {
        host.Sleep(s_work);
        return x + 1;
    }

    /// <summary>The same in a process that has no host of samples.</summary>
    public static int IncrementAnywhere(int x)
    {
        Thread.Sleep(s_work);
        return x + 1;
    }

    /// <summary>Waits without blocking a thread.</summary>
    public async Task WriteAsync(int x)
    {
        await Task.Delay(TimeSpan.FromSeconds(0.2), host.Clock);
        Print($"write {x}");
    }

    public void Print(string text)
    {
        // The emitter and the pipeline print at the same time.
        lock (_gate)
        {
            var seconds = host.Clock.GetElapsedTime(_began).TotalSeconds;
            host.Output.Write(string.Create(CultureInfo.InvariantCulture, $"{seconds,4:F1} s  {text}\n"));
        }
    }
}
