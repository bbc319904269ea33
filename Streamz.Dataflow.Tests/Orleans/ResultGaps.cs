using System.Diagnostics;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>How long nothing came to a sink at the most. For the output of a test: how long it is depends on the machine.</summary>
internal sealed class ResultGaps
{
    private long _last;

    public TimeSpan Longest { get; private set; }

    /// <summary>A result has come.</summary>
    public void Note()
    {
        var now = Stopwatch.GetTimestamp();
        if (_last != 0 && Stopwatch.GetElapsedTime(_last, now) is var gap && gap > Longest)
        {
            Longest = gap;
        }

        _last = now;
    }
}
