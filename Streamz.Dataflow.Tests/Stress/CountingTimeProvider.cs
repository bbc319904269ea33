namespace Streamz.Dataflow.Tests.Stress;

/// <summary>A clock that knows how many of its timers are alive.</summary>
internal sealed class CountingTimeProvider(TimeProvider inner) : TimeProvider
{
    private int _alive;

    /// <summary>How many timers were made and not disposed of.</summary>
    public int Alive => Volatile.Read(ref _alive);

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _alive);
        return new Timer(this, inner.CreateTimer(callback, state, dueTime, period));
    }

    private sealed class Timer(CountingTimeProvider clock, ITimer timer) : ITimer
    {
        private int _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            timer.Dispose();
            Forget();
        }

        public async ValueTask DisposeAsync()
        {
            await timer.DisposeAsync();
            Forget();
        }

        private void Forget()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                Interlocked.Decrement(ref clock._alive);
            }
        }
    }
}
