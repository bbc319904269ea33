namespace Streamz.Dataflow.Graph.Errors;

/// <summary>
/// The waits between the attempts of one element, so that the run knows that its flow waits: the clock of a retry of ours, and the token that ends a
/// wait when nothing more is to be tried.
/// </summary>
/// <remarks>
/// A wait for the clock is counted from the moment when its timer is set until it fires: whoever finds the run settled, and moves the clock, moves it
/// past a timer that is there. Between the attempts of a ready pipeline, which has a clock of its own, the flow waits for user code. Whoever ends a
/// wait takes its count back first, and has the flow go on elsewhere.
/// </remarks>
internal sealed class RetryWait : TimeProvider, IDisposable
{
    private readonly IFailures _failures;
    private readonly TimeProvider _clock;
    private readonly bool _isByClock;
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationTokenRegistration _halted;
    private readonly Lock _gate = new();
    private bool _isWaiting;
    private bool _isOver;

    public RetryWait(IFailures failures, TimeProvider clock, bool isByClock, CancellationToken halted)
    {
        _failures = failures;
        _clock = clock;
        _isByClock = isByClock;
        _halted = halted.UnsafeRegister(static state => ((RetryWait)state!).Halt(), this);
    }

    /// <summary>Cancelled when nothing more is to be tried.</summary>
    public CancellationToken Token => _end.Token;

    public override TimeZoneInfo LocalTimeZone => _clock.LocalTimeZone;

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    public override long GetTimestamp() => _clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new WaitTimer(this, callback, state, dueTime, period);

    /// <summary>An attempt has ended: what comes next is up to a ready pipeline.</summary>
    public void BeginUser()
    {
        if (!_isByClock)
        {
            Begin();
        }
    }

    /// <summary>A ready pipeline makes an attempt, or is through.</summary>
    public void EndUser()
    {
        if (!_isByClock)
        {
            End();
        }
    }

    public void Dispose()
    {
        _halted.Dispose();
        End(isOver: true);
    }

    private void Begin()
    {
        lock (_gate)
        {
            if (!_isWaiting && !_isOver)
            {
                _isWaiting = true;
                _failures.BeginWait(_isByClock);
            }
        }
    }

    private void End(bool isOver = false)
    {
        lock (_gate)
        {
            _isOver |= isOver;
            if (_isWaiting)
            {
                _isWaiting = false;
                _failures.EndWait(_isByClock);
            }
        }
    }

    private void Halt()
    {
        End(isOver: true);
        ThreadPool.UnsafeQueueUserWorkItem(static wait => wait._end.Cancel(), this, preferLocal: false);
    }

    /// <summary>
    /// The timer of one wait. It may fire before the wait is counted, which then never is; and it may be disposed when the next wait has begun.
    /// </summary>
    private sealed class WaitTimer : ITimer
    {
        private readonly RetryWait _wait;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _timer;
        private bool _isDone;

        public WaitTimer(RetryWait wait, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _wait = wait;
            _callback = callback;
            _state = state;
            _timer = wait._clock.CreateTimer(static timer => ((WaitTimer)timer!).Fire(), this, dueTime, period);
            lock (wait._gate)
            {
                if (!_isDone)
                {
                    wait.Begin();
                }
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => _timer.Change(dueTime, period);

        public void Dispose()
        {
            Stop();
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Stop();
            return _timer.DisposeAsync();
        }

        private void Stop()
        {
            lock (_wait._gate)
            {
                if (!_isDone)
                {
                    _isDone = true;
                    _wait.End();
                }
            }
        }

        private void Fire()
        {
            Stop();
            ThreadPool.UnsafeQueueUserWorkItem(static timer => timer._callback(timer._state), this, preferLocal: false);
        }
    }
}
