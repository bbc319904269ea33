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
    private readonly Action? _onArrival;
    private int _state;

    /// <summary>Makes a standstill that nobody is asked for yet.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="onArrival">Called when the segment stands still, before it counts as waiting.</param>
    public Standstill(Segment segment, Action? onArrival = null) => (_segment, _onArrival) = (segment, onArrival);

    /// <summary>Completes when the segment stands still.</summary>
    public Task Arrived => _arrived.Task;

    public static Standstill Request(Segment segment)
    {
        var standstill = new Standstill(segment);
        segment.Request(segment.Head, standstill.StandAsync);
        return standstill;
    }

    /// <summary>Lets the segment go on; one that has not come to a stand goes on without.</summary>
    /// <returns>Whether it had come to a stand.</returns>
    public bool Release()
    {
        var wasBegun = Interlocked.Exchange(ref _state, Ended) == Begun;
        if (wasBegun)
        {
            _segment.Flow.EndStand();
        }

        _released.TrySetResult();
        return wasBegun;
    }

    /// <summary>Stands still until released; called by the segment.</summary>
    public async ValueTask StandAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Begun, NotBegun) == NotBegun)
        {
            _onArrival?.Invoke();
            _segment.Flow.BeginStand();
            _arrived.SetResult();
            await _released.Task.ConfigureAwait(true);
        }
    }
}
