namespace Streamz.Dataflow.Runtime;

/// <summary>A wait by the clock of a run, which knows that one of its flows waits. Ends once: by the timer or by the token.</summary>
/// <remarks>
/// The timer is set before the flow counts as waiting: whoever finds the run settled, and moves the clock, moves it past a timer that is
/// there. So the end may come before the beginning; then the flow never counts as waiting.
/// </remarks>
internal sealed class Delay
{
    private const int NotBegun = 0;
    private const int Begun = 1;
    private const int Ended = 2;

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FlowTracker _flow;
    private readonly long _kind;
    private int _state;

    private Delay(FlowTracker flow, long kind)
    {
        _flow = flow;
        _kind = kind;
    }

    public static async Task RunAsync(TimeProvider clock, TimeSpan dueTime, FlowTracker flow, long kind, CancellationToken cancellation)
    {
        var delay = new Delay(flow, kind);
        var timer = clock.CreateTimer(static state => ((Delay)state!).End(default), delay, dueTime, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(true))
        {
            using (cancellation.UnsafeRegister(static (state, token) => ((Delay)state!).End(token), delay))
            {
                delay.Begin();
                await delay._done.Task.ConfigureAwait(true);
            }
        }
    }

    private void Begin()
    {
        if (Interlocked.CompareExchange(ref _state, Begun, NotBegun) == NotBegun)
        {
            _flow.Block(_kind);
        }
    }

    private void End(CancellationToken cancelled)
    {
        var before = Interlocked.Exchange(ref _state, Ended);
        if (before == Ended)
        {
            return;
        }

        if (before == Begun)
        {
            // First: from here on the flow counts as moving, before anyone can see the clock as idle.
            _flow.Unblock(_kind);
        }

        if (cancelled.IsCancellationRequested)
        {
            _done.SetCanceled(cancelled);
        }
        else
        {
            _done.SetResult();
        }
    }
}
