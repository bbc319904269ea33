namespace Streamz.Dataflow.Runtime;

/// <summary>
/// Knows whether anything moves in a run: exact counts instead of timers tell when a pipeline is idle, and when a join can
/// never progress.
/// </summary>
/// <remarks>
/// One 64-bit word holds three counts, so that a flow passes from one state to another in one atomic step and a reader never
/// sees it in none: moving (bits 0 to 23), waiting for user code (24 to 43), waiting for the clock (44 to 63). Flows that wait
/// for a place are in none of them: what they wait for is counted.
/// </remarks>
internal sealed class RunActivity(Action onRest)
{
    public const long Moving = 1;
    public const long User = 1L << 24;
    public const long Timed = 1L << 44;

    private const long MovingMask = User - 1;

    private readonly Lock _gate = new();
    private readonly List<(bool Settled, TaskCompletionSource Done)> _waiters = [];
    private long _counts;
    private long _departures;
    private int _observers;

    /// <summary>Nothing moves, waits for user code or waits for the clock.</summary>
    public bool IsIdle => Interlocked.Read(ref _counts) == 0;

    /// <summary>Nothing moves until user code or the clock does something.</summary>
    public bool IsSettled => (Interlocked.Read(ref _counts) & MovingMask) == 0;

    /// <summary>
    /// How often the run has left the idle state. Idle before and after, and the same number: idle all the time between.
    /// </summary>
    public long Departures => Interlocked.Read(ref _departures);

    /// <summary>Adds to the counts.</summary>
    /// <param name="delta">A sum of the constants, each with its sign.</param>
    public void Add(long delta)
    {
        var now = Interlocked.Add(ref _counts, delta);
        if (now == delta)
        {
            Interlocked.Increment(ref _departures);
        }

        if ((now & MovingMask) == 0 && Volatile.Read(ref _observers) > 0)
        {
            // Callers may hold locks that the check needs.
            ThreadPool.UnsafeQueueUserWorkItem(static activity => activity.CheckRest(), this, preferLocal: false);
        }
    }

    /// <summary>Asks for a check at each moment of rest; ends with <see cref="Unobserve"/>.</summary>
    public void Observe()
    {
        Interlocked.Increment(ref _observers);
        if (IsSettled)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static activity => activity.CheckRest(), this, preferLocal: false);
        }
    }

    /// <summary>Ends <see cref="Observe"/>.</summary>
    public void Unobserve() => Interlocked.Decrement(ref _observers);

    /// <summary>Completes at the next moment when nothing moves.</summary>
    /// <param name="settled">Whether waiting for user code or the clock counts as rest.</param>
    public async Task WhenAtRestAsync(bool settled)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiters.Add((settled, done));
        }

        Observe();
        try
        {
            await done.Task.ConfigureAwait(false);
        }
        finally
        {
            Unobserve();
        }
    }

    private void CheckRest()
    {
        lock (_gate)
        {
            for (var i = _waiters.Count - 1; i >= 0; i--)
            {
                if (_waiters[i].Settled ? IsSettled : IsIdle)
                {
                    _waiters[i].Done.TrySetResult();
                    _waiters.RemoveAt(i);
                }
            }
        }

        if (IsIdle)
        {
            onRest();
        }
    }
}
