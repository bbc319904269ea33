namespace Streamz.Dataflow.Runtime;

/// <summary>Keeps a segment from beginning another element, from the moment when it has finished the present one until it is released.</summary>
/// <remarks>
/// It is a request of the segment, which serves it between two elements. Whoever changes several segments asks those upstream first: what they
/// have begun may need places in those downstream, which therefore still go on. A segment that stands still counts as waiting for user
/// code, so that a run whose other segments wait for the clock still counts as settled; released, it counts as moving at once.
/// </remarks>
internal sealed class Standstill
{
    private const int NotBegun = 0;
    private const int Begun = 1;
    private const int Ended = 2;

    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Segment _segment;
    private int _state;

    private Standstill(Segment segment) => _segment = segment;

    /// <summary>Completes when the segment stands still.</summary>
    public Task Arrived => _arrived.Task;

    public static Standstill Request(Segment segment)
    {
        var standstill = new Standstill(segment);
        segment.Request(segment.Head, standstill.StandAsync);
        return standstill;
    }

    /// <summary>Lets the segment go on; one that has not come to a stand goes on without.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _state, Ended) == Begun)
        {
            _segment.Flow.Unblock(RunActivity.User);
        }

        _released.TrySetResult();
    }

    private async ValueTask StandAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Begun, NotBegun) == NotBegun)
        {
            _segment.Flow.Block(RunActivity.User);
            _arrived.SetResult();
            await _released.Task.ConfigureAwait(true);
        }
    }
}
