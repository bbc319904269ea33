using Microsoft.Extensions.Time.Testing;

namespace Streamz.Dataflow.Testing;

/// <summary>A clock that moves by hand and knows whether all its timers were disposed.</summary>
internal sealed class LawClock : FakeTimeProvider
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _none = Completed();
    private int _timers;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            if (_timers++ == 0)
            {
                _none = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        return new CountedTimer(this, base.CreateTimer(callback, state, dueTime, period));
    }

    /// <summary>
    /// Completes when every timer is disposed. Whoever waits with a timeout is told of the result before the timer of the wait is gone.
    /// </summary>
    public Task WhenNoTimersAsync()
    {
        lock (_gate)
        {
            return _none.Task;
        }
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }

    private void Forget()
    {
        lock (_gate)
        {
            if (--_timers == 0)
            {
                _none.SetResult();
            }
        }
    }

    private sealed class CountedTimer(LawClock clock, ITimer timer) : ITimer
    {
        private int _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            Count();
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Count();
            return timer.DisposeAsync();
        }

        private void Count()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                clock.Forget();
            }
        }
    }
}
