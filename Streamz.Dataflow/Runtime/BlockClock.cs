using Streamz.Dataflow.Diagnostics;

namespace Streamz.Dataflow.Runtime;

/// <summary>Adds up what a block does with its time, while somebody listens. Guarded by who owns it.</summary>
/// <remarks>It is told of each change before it happens: a few for each chunk and each wait, none for an element that passes without waiting.</remarks>
internal struct BlockClock(TimeProvider? clock)
{
    private readonly TimeProvider? _clock = clock;
    private BlockTimes _times;
    private long _since;
    private bool _isRunning;

    /// <summary>The share of the workers of a parallel node that are at work.</summary>
    public double Workers { get; set; }

    /// <summary>The times up to now.</summary>
    public readonly BlockTimes Times => _times;

    /// <summary>Nobody listens: the time until the next change is not counted.</summary>
    public void Pause() => _isRunning = false;

    /// <summary>Counts the time since the last change for what the block has done until now.</summary>
    /// <param name="works">Whether a flow of the block goes on, or awaits user code.</param>
    /// <param name="waitsForPlace">Whether, else, a flow waits for a place downstream.</param>
    /// <param name="waitsForClock">Whether, else, a flow waits for the clock.</param>
    public void Count(bool works, bool waitsForPlace, bool waitsForClock)
    {
        if (_clock is null)
        {
            return;
        }

        var now = _clock.GetTimestamp();
        if (_isRunning)
        {
            var seconds = _clock.GetElapsedTime(_since, now).TotalSeconds;
            var busy = works ? seconds : seconds * Workers;
            var rest = seconds - busy;
            _times = _times.Plus(
                waitsForPlace ? new BlockTimes(busy, 0, rest, 0)
                : waitsForClock ? new BlockTimes(busy, 0, 0, rest)
                : new BlockTimes(busy, rest, 0, 0));
        }

        _since = now;
        _isRunning = true;
    }
}
