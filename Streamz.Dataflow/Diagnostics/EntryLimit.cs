namespace Streamz.Dataflow.Diagnostics;

/// <summary>Lets one entry of a kind into the log now and then, and counts those that are left out meanwhile. For callers on any threads.</summary>
internal struct EntryLimit
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    private long _last;
    private long _leftOut;

    /// <summary>Takes the turn to write an entry.</summary>
    /// <param name="clock">The clock of the run.</param>
    /// <param name="leftOut">How many were left out since the last one.</param>
    /// <returns>False if it is to be left out.</returns>
    public bool TryTake(TimeProvider clock, out long leftOut)
    {
        leftOut = 0;
        var now = clock.GetTimestamp();
        var last = Volatile.Read(ref _last);
        var isEarly = last != 0 && clock.GetElapsedTime(last, now) < s_interval;
        if (isEarly || Interlocked.CompareExchange(ref _last, now, last) != last)
        {
            Interlocked.Increment(ref _leftOut);
            return false;
        }

        leftOut = Interlocked.Exchange(ref _leftOut, 0);
        return true;
    }
}
