namespace Streamz.Dataflow.Runtime;

/// <summary>A wait by the clock of a run, which knows that one of its flows waits. Ends once: by the timer or by the token.</summary>
internal sealed class Delay
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FlowTracker _flow;
    private readonly long _kind;
    private int _ended;

    private Delay(FlowTracker flow, long kind)
    {
        _flow = flow;
        _kind = kind;
    }

    public static async Task RunAsync(TimeProvider clock, TimeSpan dueTime, FlowTracker flow, long kind, CancellationToken cancellation)
    {
        var delay = new Delay(flow, kind);
        flow.Block(kind);
        var timer = clock.CreateTimer(static state => ((Delay)state!).End(default), delay, dueTime, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(true))
        {
            using (cancellation.UnsafeRegister(static (state, token) => ((Delay)state!).End(token), delay))
            {
                await delay._done.Task.ConfigureAwait(true);
            }
        }
    }

    private void End(CancellationToken cancelled)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        // First: from here on the flow counts as moving, before anyone can see the clock as idle.
        _flow.Unblock(_kind);
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
