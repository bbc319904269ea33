namespace Streamz.Dataflow.Graph;

/// <summary>A rate that may be changed while its node runs: written by edits, read at each element.</summary>
internal sealed class Rate(TimeSpan interval)
{
    private long _ticks = interval.Ticks;

    /// <summary>The time between two elements.</summary>
    public TimeSpan Interval
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _ticks));
        set => Volatile.Write(ref _ticks, value.Ticks);
    }
}
